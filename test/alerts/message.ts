/** A message as those who are told get it. */
import type { AlertMessage } from '../../src/contract/alert.ts';

export function messageWith(more: Partial<AlertMessage> = {}): AlertMessage {
  return {
    ...{ UUID: 'u1', Name: 'lamps', Severity: 'warning', State: 'firing', ID: 'f1-1', Firing: 'f1', Sequence: 1 },
    ...{ Timestamp: '2026-11-22T05:00:00.000Z', StartedAt: '2026-11-22T05:00:00.000Z', Expression: 'G.V()' },
    ...{ Host: 'here', ReasonData: [] },
    ...more,
  };
}
