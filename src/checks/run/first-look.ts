/** What was found at the first look around was there before: it is no change. */
import type { Difference } from '../../graph/view.ts';

/** A first look is over when nothing was found for so long… */
const PAUSE_MS = 1_000;
/** … and after so long at the latest. */
const LOOK_MS_MAX = 10_000;

/** When the look that began at `from` was over, by what was found since then. Epoch ms. */
export function endOfFirstLook(from: number, since: readonly Difference[]): number {
  const found = since.flatMap(({ kind, after }) => (kind === 'added' && after ? [after.createdAt] : []));
  let end = from;
  for (const time of found.toSorted((a, b) => a - b)) {
    if (time - end > PAUSE_MS || time - from > LOOK_MS_MAX) break;
    end = Math.max(end, time);
  }
  return end;
}
