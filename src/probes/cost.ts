/** How often the graph is looked at by probes that have to look at all of it. */

/** Looking takes no more than this share of the time. */
const SHARE = 100;

/** ms to pause after a look that took `tookMs`: `everyMs` in most graphs, longer in very large ones. */
export function pausedFor(tookMs: number, everyMs: number): number {
  return Math.max(everyMs, tookMs * SHARE);
}
