/** The first seconds of a run: what an earlier one left in the graph may still come back. */
const YOUNG_MS = 10_000;

/** Begins now. Gives whether it is not over yet. */
export function youth(): () => boolean {
  const startedMs = Date.now();
  return () => Date.now() - startedMs < YOUNG_MS;
}
