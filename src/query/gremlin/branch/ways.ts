/** One or several ways on for each traverser: `union`, `branch`, `choose`. */
import type { Child } from '../arguments/child.ts';
import { named } from '../forms/each.ts';
import { type Expand, expandOf } from '../run/expand.ts';
import type { Run } from '../run/run.ts';
import type { Mark, Traverser } from '../run/traverser.ts';
import type { StreamOp } from '../step.ts';
import { Feed } from './feed.ts';

/** Which of the ways one goes, by their places; PASSES: none, it goes on as it is. */
export interface Choice {
  readonly direct: ((traverser: Traverser, run: Run) => readonly number[]) | undefined;
  choose(traverser: Traverser, run: Run): Generator<undefined, readonly number[]>;
}

export const PASSES: readonly number[] = [];

/** `gathers`: one of the ways needs all that come, so all of them are sent before the first is walked. */
export function branching(
  ways: readonly Child[],
  choice: Choice,
  { gathers, mark }: { gathers: boolean; mark: Mark },
): StreamOp {
  const expands = ways.map(({ placed }) => expandOf(placed));
  const isPlain = expands.every((expand) => expand !== undefined);
  return isPlain ? plain(expands, choice, mark) : piped(ways, choice, gathers, mark);
}

function plain(ways: readonly Expand[], choice: Choice, mark: Mark): StreamOp {
  return {
    kind: 'stream',
    *stream(input, run) {
      const { budget } = run;
      const ends: Traverser[] = [];
      for (const traverser of input) {
        if (traverser === undefined || traverser === null) {
          yield traverser;
          continue;
        }
        if (budget.spend()) yield undefined;
        const chosen = choice.direct?.(traverser, run) ?? (yield* choice.choose(traverser, run));
        ends.length = 0;
        if (chosen === PASSES) ends.push(traverser);
        for (const way of chosen) ways[way]?.(traverser.copy(), run, ends);
        for (const end of ends) yield named(end, mark);
      }
    },
  };
}

function piped(ways: readonly Child[], choice: Choice, gathers: boolean, mark: Mark): StreamOp {
  return {
    kind: 'stream',
    *stream(input, run) {
      const { budget } = run;
      const walks = ways.map((way) => new Walk(way, run));
      let passed: Traverser[] = [];
      const go = function* (isEnd: boolean) {
        for (const traverser of passed) yield named(traverser, mark);
        passed = [];
        for (const walk of walks) for (const end of walk.go(isEnd)) yield end && named(end, mark);
      };
      try {
        for (const traverser of input) {
          if (traverser === undefined) yield undefined;
          else if (traverser === null) {
            yield* go(false);
            yield null;
          } else {
            if (budget.spend()) yield undefined;
            const chosen = choice.direct?.(traverser, run) ?? (yield* choice.choose(traverser, run));
            if (chosen === PASSES) passed.push(traverser);
            for (const way of chosen) walks[way]?.send(traverser.copy());
            if (!gathers) yield* go(false);
          }
        }
        yield* go(true);
      } finally {
        for (const walk of walks) walk.close();
      }
    },
  };
}

/** One way in one run. */
class Walk {
  readonly #way: Child;
  readonly #run: Run;
  readonly #feed = new Feed();
  #sent: Traverser[] = [];
  /** Not there before the first was sent: a count of nothing at all is no count. */
  #made: Iterator<Traverser | undefined | null> | undefined;
  #isOver = false;

  constructor(way: Child, run: Run) {
    this.#way = way;
    this.#run = run;
  }

  send(traverser: Traverser): void {
    if (this.#isOver) return;
    this.#sent.push(traverser);
    this.#run.budget.hold(1);
  }

  *go(isEnd: boolean): Generator<Traverser | undefined> {
    if (this.#isOver || (this.#made === undefined && this.#sent.length === 0)) return;
    if (!isEnd && this.#sent.length === 0) return;
    const sent = this.#sent;
    this.#sent = [];
    this.#feed.give(sent);
    if (isEnd) this.#feed.end();
    this.#made ??= this.#way.run(this.#feed, this.#run)[Symbol.iterator]();
    for (;;) {
      const { done, value } = this.#made.next();
      if (done) {
        this.#isOver = true;
        break;
      }
      if (value === null) break;
      yield value;
    }
    this.#run.budget.hold(-sent.length);
  }

  close(): void {
    this.#made?.return?.();
  }
}
