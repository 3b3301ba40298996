/** Again until it is as expected, and then for as long as it has to stay so. */
import type { Clock } from '../../std/clock.ts';
import { Mistake } from '../../std/mistake.ts';
import { pause } from '../../std/pause.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { Retry } from '../suite/suite.ts';
import type { Attempt } from './attempt.ts';
import { isOverBound } from './rations.ts';

export interface Persisted {
  /** Of the last attempt. */
  readonly last: { readonly attempt: Attempt } | { readonly error: Mistake | Unavailable };
  readonly attempts: number;
  /** One before the last was not as expected. */
  readonly wasWrong: boolean;
  /** How long it was as expected, where it had to stay so. */
  readonly heldMs: number | undefined;
  /** It was as expected, and did not stay so. */
  readonly brokeAfterMs: number | undefined;
}

export interface Persistence {
  readonly retry: Retry;
  readonly holdMs: number;
}

/**
 * `attempt` rejects with a Mistake or Unavailable when it could not be tried at all, which is tried again as well. Rejects
 * with the signal's reason.
 */
export async function persist(
  { retry, holdMs }: Persistence,
  attempt: () => Promise<Attempt>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Persisted> {
  const startedAt = clock.now();
  let attempts = 0;
  let wasWrong = false;
  let rightSince: number | undefined;
  for (;;) {
    const beganAt = clock.now();
    const last = await outcome(attempt);
    signal.throwIfAborted();
    attempts++;
    const now = clock.now();
    const isRight = 'attempt' in last && last.attempt.isAsExpected;
    const result = { last, attempts, wasWrong };
    if (isRight) {
      rightSince ??= beganAt;
      const heldMs = now - rightSince;
      if (holdMs === 0) return { ...result, heldMs: undefined, brokeAfterMs: undefined };
      if (heldMs >= holdMs) return { ...result, heldMs, brokeAfterMs: undefined };
    } else {
      if (rightSince !== undefined) return { ...result, heldMs: undefined, brokeAfterMs: beganAt - rightSince };
      const isOver = 'error' in last && last.error instanceof Mistake && isOverBound(last.error);
      const isLast = isOver || attempts >= (retry.attempts ?? Number.POSITIVE_INFINITY);
      if (isLast || beganAt + Math.max(retry.everyMs, 1) - startedAt > retry.forMs)
        return { ...result, heldMs: undefined, brokeAfterMs: undefined };
      wasWrong = true;
    }
    const restMs = beganAt + Math.max(retry.everyMs, PAUSE_MIN_MS) - now;
    // What is to hold is looked at once more when its time is over.
    const holdsMs = rightSince === undefined ? restMs : Math.min(restMs, rightSince + holdMs - now);
    await pause(clock, Math.max(holdsMs, PAUSE_MIN_MS), signal);
    signal.throwIfAborted();
  }
}

/** Nobody asks faster, whatever the suite says. */
const PAUSE_MIN_MS = 10;

async function outcome(attempt: () => Promise<Attempt>): Promise<Persisted['last']> {
  try {
    return { attempt: await attempt() };
  } catch (error) {
    if (error instanceof Mistake || error instanceof Unavailable) return { error };
    throw error;
  }
}
