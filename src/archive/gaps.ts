/** Spans in which nobody was watching, from the times at which each writer was heard first and last. */
import type { Span } from '../graph/view.ts';

/** A restart that is quicker than this is no gap. */
const GAP_MS_MIN = 5_000;

export function gapsBetween(watches: Iterable<{ readonly first: number; readonly last: number }>): Span[] {
  const gaps: Span[] = [];
  let heard: number | undefined;
  for (const { first, last } of [...watches].sort((a, b) => a.first - b.first)) {
    if (heard !== undefined && first - heard > GAP_MS_MIN) gaps.push({ from: heard, to: first });
    heard = Math.max(heard ?? last, last);
  }
  return gaps;
}
