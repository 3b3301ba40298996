/** Steps that treat each traverser alone, but may have to breathe while they do. */
import type { Run } from '../run/run.ts';
import type { Mark, Traverser } from '../run/traverser.ts';
import type { StreamOp } from '../step.ts';

/** What comes of each, in order. */
export function each(of: (traverser: Traverser, run: Run) => Iterable<Traverser | undefined>): StreamOp {
  return {
    kind: 'stream',
    *stream(input, run) {
      for (const traverser of input) {
        if (traverser === undefined || traverser === null) yield traverser;
        else {
          if (run.budget.spend()) yield undefined;
          yield* of(traverser, run);
        }
      }
    },
  };
}

/** The traverser with the names of the step, when it has any. */
export function named(traverser: Traverser, mark: Mark): Traverser {
  return mark.labels.length === 0 ? traverser : traverser.named(mark);
}

/** So many of each. */
export function many(traverser: Traverser, times: number): Traverser {
  traverser.bulk *= times;
  return traverser;
}
