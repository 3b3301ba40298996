/** Asking the timeline about many ids: some at a time, and the event loop turns in between. */
import type { Run } from './step.ts';

const BATCH = 500;

export async function inBatches<T>(
  ids: readonly string[],
  { turn, budget }: Run,
  ask: (ids: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = [];
  for (let at = 0; at < ids.length; at += BATCH) {
    if (at > 0) {
      await turn();
      budget.resume();
    }
    const part = await ask(ids.slice(at, at + BATCH));
    budget.hold(part.length);
    for (const one of part) found.push(one);
  }
  return found;
}
