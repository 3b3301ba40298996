/** What is told of a firing, and what of it is kept. */
import type { AlertEvent, AlertMessage, NewAlert } from '../contract/alert.ts';
import type { Alert } from './alert.ts';
import type { Standing } from './standing.ts';

export interface Told {
  readonly alert: Alert;
  readonly standing: Standing;
  readonly state: 'firing' | 'resolved';
  /** Epoch ms. */
  readonly atMs: number;
  /** Of the server that looked. */
  readonly host: string;
}

export function messageOf({ alert, standing, state, atMs, host }: Told): AlertMessage {
  const { Firing = '', StartedAt = atMs, Sequence = 1, Reason } = standing;
  const { UUID, Name, Description, Severity, Labels, Expression } = alert;
  return {
    UUID,
    Timestamp: new Date(atMs).toISOString(),
    ReasonData: Reason?.data ?? null,
    ...(Reason?.count !== undefined && { ReasonCount: Reason.count }),
    ...{ ID: `${Firing}-${Sequence}`, State: state, Firing, Sequence, StartedAt: new Date(StartedAt).toISOString() },
    ...(Name !== undefined && { Name }),
    ...(Description !== undefined && { Description }),
    ...(Labels !== undefined && { Labels }),
    ...{ Severity, Expression, Host: host },
  };
}

export function eventOf(
  { UUID, Name, Severity }: Alert,
  { ID, State, Timestamp: Time }: AlertMessage,
  { reason, told }: { readonly reason: string; readonly told: AlertEvent['Told'] },
): AlertEvent {
  const named = Name === undefined ? {} : { Name };
  return { ID, Alert: UUID, ...named, Severity, State, Time, Reason: reason, Told: told };
}

/** What was said when it was made. What is empty was not said. */
export function spoken(asked: NewAlert): Omit<Alert, 'UUID' | 'CreateTime'> {
  const { Name, Description, Expression, Trigger, Action, Severity, For, KeepFor, SilencedUntil, Labels } = asked;
  return {
    ...(Name && { Name }),
    ...(Description && { Description }),
    ...{ Expression, Trigger: Trigger === '' ? 'graph' : Trigger, Action, Severity },
    ...(For && { For }),
    ...(KeepFor && { KeepFor }),
    ...(SilencedUntil && { SilencedUntil }),
    ...(Labels && { Labels }),
  };
}
