/** A duration that an option names. */
import { parseDuration } from '../std/duration.ts';
import { usageFailure } from './failure.ts';

/** In ms, more than none; throws a Failure. Of what was not said: undefined. */
export function durationOf(text: string, like?: string): number;
export function durationOf(text: string | undefined, like?: string): number | undefined;
export function durationOf(text: string | undefined, like = 'like 30s or 5m'): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (!ms) throw usageFailure(`"${text}" is no duration`, like);
  return ms;
}
