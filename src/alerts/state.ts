/** How an alert stands, for who asks: its condition, how looking at it went, and who is still to be told. */
import type { AlertState } from '../contract/alert.ts';
import type { Delivery } from './alert.ts';
import type { Looked } from './looking.ts';
import type { Standing } from './standing.ts';

export interface StateParts {
  readonly looked: Looked;
  readonly standing: Standing | undefined;
  /** Its own, oldest first. */
  readonly waiting: readonly Delivery[];
  readonly warnings: readonly string[];
  /** Why nobody is told for now. */
  readonly held?: string | undefined;
  /** Why what became of it is not known here. */
  readonly unknown?: string | undefined;
}

export function stateOf({ looked, standing, waiting, warnings, held, unknown }: StateParts): AlertState {
  const { alert, lookedAt, tookMs, lateMs } = looked;
  const { State = 'inactive', Since, Firing, Reason, Error: failed } = standing ?? {};
  const error = unknown ?? failed;
  const deliveryError = waiting.length > 0 ? (held ?? waiting[0]?.Error) : undefined;
  return {
    Alert: alert,
    State,
    ...(Since !== undefined && { Since: new Date(Since).toISOString() }),
    ...(State === 'firing' && Firing !== undefined && { Firing }),
    ...(State !== 'inactive' && Reason && { Reason: Reason.text }),
    ...(lookedAt !== undefined && { LastLooked: new Date(lookedAt).toISOString(), TookMs: tookMs }),
    ...(lateMs !== undefined && { LateMs: Math.round(lateMs) }),
    ...(error !== undefined && { Error: error }),
    ...(warnings.length > 0 && { Warnings: [...warnings] }),
    Waiting: waiting.length,
    ...(deliveryError !== undefined && { DeliveryError: deliveryError }),
  };
}
