/**
 * Which flows overlap a time. Flows of one class are about equally long, so those of a class that touch a span began
 * within that length of it: one short stretch of an index for each class, and few rows in it that do not touch.
 */

/** Classes for each doubling of the length. */
const STEPS = 2;

export const HOUR_MS = 3_600_000;

export function classOf(lengthMs: number): number {
  let found = Math.floor(STEPS * Math.log2(Math.max(1, lengthMs)));
  // Logarithms round.
  while (lengthMs < shortest(found)) found--;
  while (lengthMs >= shortest(found + 1)) found++;
  return found;
}

/** The least length in this class, ms. */
export function shortest(lengthClass: number): number {
  return lengthClass <= 0 ? 0 : 2 ** (lengthClass / STEPS);
}

/** What is longer than every length in it. */
export function longerThan(lengthClass: number): number {
  return shortest(lengthClass + 1);
}

export function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS);
}
