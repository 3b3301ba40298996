/**
 * Steps that ask children and then do one thing for each traverser. The work is said once, as a generator; where no child
 * has to wait it runs in one go, without a generator of the pipeline's.
 */
import type { Run } from '../run/run.ts';
import { type Mark, Traverser } from '../run/traverser.ts';
import { type Items, NOTHING, type Nothing, type Op } from '../step.ts';
import type { GValue } from '../value/value.ts';
import { each, named } from './each.ts';

export type Work<T> = (traverser: Traverser, run: Run) => Generator<undefined, T>;

interface Manner {
  /** No child has to wait. */
  readonly isDirect: boolean;
  readonly mark: Mark;
}

/** One value for one. */
export function mapping({ isDirect, mark }: Manner, work: Work<GValue | Nothing>): Op {
  if (isDirect) return { kind: 'map', map: (traverser, run) => atOnce(work(traverser, run)) };
  return each(function* (traverser, run) {
    const value = yield* work(traverser, run);
    if (value !== NOTHING) yield traverser.to(value, mark);
  });
}

/** What comes goes on, or does not. */
export function passing({ isDirect, mark }: Manner, work: Work<boolean>): Op {
  if (isDirect) return { kind: 'filter', test: (traverser, run) => atOnce(work(traverser, run)) };
  return each(function* (traverser, run) {
    if (yield* work(traverser, run)) yield named(traverser, mark);
  });
}

export interface Reducing {
  add(traverser: Traverser, run: Run): Generator<undefined, void>;
  result(run: Run): Generator<undefined, GValue>;
}

/** One value of all; in a lull one of what came since the last, if anything did. */
export function reducing({ isDirect, mark }: Manner, start: () => Reducing): Op {
  if (isDirect)
    return {
      kind: 'reduce',
      start: () => {
        const all = start();
        return {
          add: (traverser, run) => atOnce(all.add(traverser, run)),
          result: (run) => atOnce(all.result(run)),
        };
      },
    };
  return {
    kind: 'stream',
    *stream(input: Items, run: Run): Items {
      let all = start();
      let isEmpty = true;
      let wasLull = false;
      for (const traverser of input) {
        if (traverser === undefined) yield undefined;
        else if (traverser !== null) {
          if (run.budget.spend()) yield undefined;
          isEmpty = false;
          yield* all.add(traverser, run);
        } else {
          wasLull = true;
          if (!isEmpty) yield new Traverser(null, 1).to(yield* all.result(run), mark);
          all = start();
          isEmpty = true;
          yield null;
        }
      }
      if (!wasLull || !isEmpty) yield new Traverser(null, 1).to(yield* all.result(run), mark);
    },
  };
}

/** What a generator gives that has nothing to wait for. */
export function atOnce<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value as T;
  }
}
