/** Ops for steps that treat each traverser alone, but may have to breathe while they do. */
import type { Run } from '../run/run.ts';
import type { Mark, Traverser } from '../run/traverser.ts';
import { type MapOp, NOTHING, type Nothing, type StreamOp } from '../step.ts';
import type { GValue } from '../value/value.ts';

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

/** One value for each, or none. `isDirect`: it never breathes, so that no generator has to go on. */
export function mapping(
  isDirect: boolean,
  value: (traverser: Traverser, run: Run) => Generator<undefined, GValue | Nothing>,
  mark: Mark,
): MapOp | StreamOp {
  if (isDirect) return { kind: 'map', map: (traverser, run) => value(traverser, run).next().value as GValue | Nothing };
  return each(function* (traverser, run) {
    const made = yield* value(traverser, run);
    if (made !== NOTHING) yield traverser.to(made, mark);
  });
}

/** The traverser with the names of the step, when it has any. */
export function named(traverser: Traverser, mark: Mark): Traverser {
  return mark.labels.length === 0 ? traverser : traverser.named(mark);
}
