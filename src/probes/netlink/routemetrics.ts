/** RTA_METRICS of a route (RTAX_* of linux/rtnetlink.h): what connections over it begin with. */
import type { Attributes } from '../../native/attributes.ts';

const MTU = 2;
const CONGESTION_CONTROL = 16;

export function readMetrics(told: Attributes): {
  readonly mtu: number;
  readonly others: Record<string, number | string> | undefined;
} {
  let mtu = 0;
  let others: Record<string, number | string> | undefined;
  while (told.next()) {
    const name = NAMES[told.type];
    if (told.type === MTU) mtu = told.u32();
    else if (name !== undefined) {
      others ??= {};
      others[name] = told.type === CONGESTION_CONTROL ? told.text() : told.u32();
    }
  }
  return { mtu, others };
}

/** Lock: a bit for each metric that the kernel may not change by what it learns of a path. */
const NAMES: readonly (string | undefined)[] = [
  ...[undefined, 'Lock', undefined, 'Window', 'RTT', 'RTTVar', 'SSThresh', 'CWnd', 'AdvMSS', 'Reordering', 'HopLimit'],
  ...['InitCWnd', 'Features', 'RTOMin', 'InitRWnd', 'QuickAck', 'CongestionControl', 'FastOpenNoCookie'],
];
