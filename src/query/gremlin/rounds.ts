/**
 * What `repeat` does: round after round, breadth first. All rounds go through one pipe, so that a `dedup` or an
 * `aggregate` within it knows of the rounds before.
 */
import type { Child } from './child.ts';
import { type Expand, expandOf } from './expand.ts';
import { Feed } from './feed.ts';
import { Gathering } from './gathering.ts';
import type { Question } from './question.ts';
import type { Run } from './run.ts';
import type { StreamOp } from './step.ts';
import type { Loops, Mark, Traverser } from './traverser.ts';

export interface Repetition {
  readonly name: string | undefined;
  readonly child: Child;
  readonly until: Condition | undefined;
  readonly emit: Condition | undefined;
  /** The child needs all that come, so the first round has to begin with all of them. */
  readonly gathers: boolean;
  /** Those that are alike count as one. */
  readonly merges: boolean;
  readonly mark: Mark;
}

export interface Condition {
  readonly question: Question;
  /** Asked before a round, as it stands before the repeat: `until(…).repeat(…)`. */
  readonly isFirst: boolean;
}

/** Where those that are alike count as one, so many begin together. */
const STARTS_MAX = 2_500;

/** A traverser with its step of the way, in references. */
const WEIGHT = 3;

export function repeating(repetition: Repetition): StreamOp {
  const expand = expandOf(repetition.child.placed);
  return {
    kind: 'stream',
    *stream(input, run) {
      const { gathers, merges } = repetition;
      const most = gathers ? Number.POSITIVE_INFINITY : merges ? STARTS_MAX : 1;
      const turning = new Turning(repetition, expand, run);
      const { budget } = run;
      try {
        for (const traverser of input) {
          if (traverser === undefined) yield undefined;
          else if (traverser === null) {
            yield* turning.go();
            yield null;
          } else {
            if (budget.spend()) yield undefined;
            turning.begin(traverser);
            if (turning.size >= most) yield* turning.go();
          }
        }
        yield* turning.go();
        yield* turning.end();
      } finally {
        turning.close();
      }
    },
  };
}

/** It leaves, it goes another round, or it does both. */
type Fate = 'ends' | 'goes on' | 'shows';

/** One repeat in one run. */
class Turning {
  readonly #repetition: Repetition;
  readonly #run: Run;
  readonly #expand: Expand | undefined;
  readonly #next: Gathering;
  readonly #feed = new Feed();
  readonly #levels = new Levels();
  readonly #isDirect: boolean;
  readonly #asksFirst: boolean;
  #hasBegun = false;
  /** Of this round: what the child made of nothing was nowhere before, and belongs to it. */
  #level: Loops | undefined;
  /** What the child makes of the feed; undefined once it says that nothing comes any more. */
  #made: Iterator<Traverser | undefined | null> | undefined;

  constructor(repetition: Repetition, expand: Expand | undefined, run: Run) {
    this.#repetition = repetition;
    this.#run = run;
    this.#expand = expand;
    this.#next = new Gathering(repetition.merges ? {} : undefined);
    const { until, emit } = repetition;
    this.#asksFirst = until?.isFirst === true || emit?.isFirst === true;
    this.#isDirect = [until, emit].every((one) => one === undefined || one.question.direct !== undefined);
    if (expand === undefined) this.#made = repetition.child.run(this.#feed, run)[Symbol.iterator]();
  }

  get size(): number {
    return this.#next.size;
  }

  begin(traverser: Traverser): void {
    this.#hasBegun = true;
    traverser.loops = this.#levels.first(traverser.loops, this.#repetition.name);
    this.#hold(traverser);
  }

  /** Rounds, until nobody goes on. */
  *go(): Generator<Traverser | undefined> {
    const { budget } = this.#run;
    while (this.#next.size > 0) {
      const queue = this.#next.take();
      this.#level = queue[0]?.loops;
      try {
        yield* this.#expand === undefined ? this.#throughPipe(queue) : this.#directly(queue, this.#expand);
      } finally {
        budget.hold(-WEIGHT * queue.length);
      }
    }
  }

  /** What the child held back until now, as its last round. */
  *end(): Generator<Traverser | undefined> {
    this.#feed.end();
    if (this.#hasBegun && this.#made !== undefined) yield* this.#taken();
    this.#made = undefined;
    yield* this.go();
  }

  close(): void {
    this.#made?.return?.();
  }

  *#directly(queue: Traverser[], expand: Expand): Generator<Traverser | undefined> {
    const run = this.#run;
    const { budget } = run;
    const ends: Traverser[] = [];
    for (const traverser of queue) {
      if (budget.spend()) yield undefined;
      if (this.#asksFirst && !(yield* this.#enters(traverser))) continue;
      ends.length = 0;
      expand(traverser, run, ends);
      for (const end of ends) {
        end.loops = this.#levels.after(end.loops as Loops);
        const fate = this.#isDirect ? this.#fate(end) : yield* this.#foundFate(end);
        const out = this.#settled(end, fate);
        if (out !== undefined) yield out;
      }
    }
  }

  *#throughPipe(queue: Traverser[]): Generator<Traverser | undefined> {
    let entering = queue;
    if (this.#asksFirst) {
      entering = [];
      for (const traverser of queue) {
        if (this.#run.budget.spend()) yield undefined;
        if (yield* this.#enters(traverser)) entering.push(traverser);
      }
    }
    this.#feed.give(entering);
    yield* this.#taken();
  }

  *#taken(): Generator<Traverser | undefined> {
    while (this.#made !== undefined) {
      const { done, value } = this.#made.next();
      if (done) this.#made = undefined;
      else if (value === undefined) yield undefined;
      else if (value === null) return;
      else {
        value.loops = this.#levels.after(value.loops ?? (this.#level as Loops));
        const fate = this.#isDirect ? this.#fate(value) : yield* this.#foundFate(value);
        const out = this.#settled(value, fate);
        if (out !== undefined) yield out;
      }
    }
  }

  *#enters(traverser: Traverser): Generator<Traverser | undefined, boolean> {
    const { until, emit } = this.#repetition;
    if (until?.isFirst && (yield* this.#says(until, traverser))) {
      yield this.#out(traverser);
      return false;
    }
    if (emit?.isFirst && (yield* this.#says(emit, traverser))) yield this.#out(traverser.copy());
    return true;
  }

  /** What becomes of one that went round. */
  #fate(traverser: Traverser): Fate {
    const { until, emit } = this.#repetition;
    if (until !== undefined && !until.isFirst && until.question.direct?.(traverser, this.#run)) return 'ends';
    return emit !== undefined && !emit.isFirst && emit.question.direct?.(traverser, this.#run) ? 'shows' : 'goes on';
  }

  /** The same where it may take long to find out. */
  *#foundFate(traverser: Traverser): Generator<undefined, Fate> {
    const { until, emit } = this.#repetition;
    if (until !== undefined && !until.isFirst && (yield* this.#says(until, traverser))) return 'ends';
    return emit !== undefined && !emit.isFirst && (yield* this.#says(emit, traverser)) ? 'shows' : 'goes on';
  }

  /** What comes out of the repeat. */
  #settled(traverser: Traverser, fate: Fate): Traverser | undefined {
    const shown = fate === 'shows' ? traverser.copy() : traverser;
    if (fate !== 'ends') this.#hold(traverser);
    return fate === 'goes on' ? undefined : this.#out(shown);
  }

  *#says({ question }: Condition, traverser: Traverser): Generator<undefined, boolean> {
    return question.direct === undefined
      ? yield* question.ask(traverser, this.#run)
      : question.direct(traverser, this.#run);
  }

  #hold(traverser: Traverser): void {
    if (this.#next.add(traverser)) this.#run.budget.hold(WEIGHT);
  }

  #out(traverser: Traverser): Traverser {
    traverser.loops = traverser.loops?.outer;
    const { mark } = this.#repetition;
    return mark.labels.length === 0 ? traverser : traverser.named(mark);
  }
}

/** One object for all that are in the same round of the same rounds around it. */
class Levels {
  #first: Loops | undefined;
  #before: Loops | undefined;
  #after: Loops | undefined;

  first(outer: Loops | undefined, name: string | undefined): Loops {
    if (this.#first === undefined || this.#first.outer !== outer) this.#first = { count: 0, name, outer };
    return this.#first;
  }

  after(before: Loops): Loops {
    if (this.#after === undefined || this.#before !== before) {
      this.#before = before;
      this.#after = { count: before.count + 1, name: before.name, outer: before.outer };
    }
    return this.#after;
  }
}
