/** What one try of a check came to. What it found out only for the sake of a failure is found when it is asked for. */
import type { Evidence, MatrixResult, ResultCode, TrafficSeen } from '../result.ts';
import type { Json } from '../suite/suite.ts';

export interface Attempt {
  readonly isAsExpected: boolean;
  readonly code: ResultCode;
  /** A sentence each. */
  readonly expected: string;
  readonly got: string;
  readonly expectedValue?: Json;
  readonly gotValue?: Json;
  /** Of one that is not as expected: where and why, in a sentence. */
  readonly reason?: string | undefined;
  readonly hint?: string | undefined;
  readonly traffic?: TrafficSeen;
  readonly matrix?: MatrixResult;
  readonly would?: readonly string[];
  /** Is asked for once at most, of the last attempt, when that failed. */
  readonly evidence?: ((signal: AbortSignal) => Promise<Told>) | undefined;
}

/** Evidence, and what became clear while it was gathered. */
export interface Told {
  readonly evidence: Evidence;
  readonly reason?: string | undefined;
  readonly code?: ResultCode | undefined;
}

/** The one that counts of several that all have to be as expected: the first that is not. */
export function together(attempts: readonly (readonly [name: string, attempt: Attempt])[]): Attempt | undefined {
  const [first] = attempts;
  if (first === undefined) return undefined;
  const wrong = attempts.filter(([, { isAsExpected }]) => !isAsExpected);
  const [bad] = wrong;
  if (bad === undefined) return first[1];
  const [name, attempt] = bad;
  const more = wrong.length > 1 ? `, and ${wrong.length - 1} more of ${attempts.length}` : '';
  return { ...attempt, got: `${name}: ${attempt.got}${more}`, reason: attempt.reason && `${name}: ${attempt.reason}` };
}
