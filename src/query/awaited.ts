/** What a promise gives, inside a generator: it breathes until then. */
import type { Run } from './step.ts';

export function* awaited<T>(given: T | Promise<T>, run: Pick<Run, 'wait'>): Generator<undefined, T> {
  if (!(given instanceof Promise)) return given;
  const done: T[] = [];
  run.wait(given.then((value) => done.push(value)));
  while (done.length === 0) yield undefined;
  return done[0] as T;
}

/** Batches, whether they come at once or by promise, as items; the event loop may turn after each. */
export function* eachOf<T>(
  batches: Iterable<readonly T[]> | AsyncIterable<readonly T[]>,
  run: Pick<Run, 'wait' | 'budget'>,
): Generator<T | undefined> {
  for (const batch of Symbol.asyncIterator in batches ? inTime(batches, run) : batches) {
    if (batch === undefined || run.budget.look()) yield undefined;
    for (const item of batch ?? []) {
      if (run.budget.spend()) yield undefined;
      yield item;
    }
  }
}

function* inTime<T>(batches: AsyncIterable<T>, run: Pick<Run, 'wait'>): Generator<T | undefined> {
  const iterator = batches[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = yield* awaited(iterator.next(), run);
      if (done) {
        isOver = true;
        return;
      }
      yield value;
    }
  } catch (error) {
    isOver = true;
    throw error;
  } finally {
    // Nobody wants the rest; that it cannot be closed harms no answer.
    if (!isOver) Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
