/**
 * What `repeat` does: round after round, breadth first. All rounds go through one pipe, so that a `dedup` or an
 * `aggregate` within it knows of the rounds before.
 */
import type { Child } from '../arguments/child.ts';
import type { Question } from '../judge/question.ts';
import { Gathering } from '../run/alike.ts';
import { type Stretch, stretchOf } from '../run/expand.ts';
import type { Run } from '../run/run.ts';
import { through } from '../run/tail.ts';
import type { Loops, Mark, Traverser } from '../run/traverser.ts';
import type { StreamOp } from '../step.ts';
import { Feed } from './feed.ts';

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

/** Where those that are alike count as one, so many begin together; few at first, as the first results should not wait. */
const STARTS_MAX = 2_500;
const STARTS_FIRST = 16;

/** A traverser with its step of the way, in references. */
const WEIGHT = 3;

export function repeating(repetition: Repetition): StreamOp {
  const stretch = stretchOf(repetition.child.placed);
  return {
    kind: 'stream',
    *stream(input, run) {
      const { gathers, merges } = repetition;
      let most = gathers ? Number.POSITIVE_INFINITY : merges ? STARTS_FIRST : 1;
      const turning = new Turning(repetition, stretch, run);
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
            if (turning.size < most) continue;
            yield* turning.go();
            if (merges) most = Math.min(STARTS_MAX, most * 4);
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

/** One repeat in one run. */
class Turning {
  readonly #repetition: Repetition;
  readonly #run: Run;
  readonly #stretch: Stretch | undefined;
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

  constructor(repetition: Repetition, stretch: Stretch | undefined, run: Run) {
    this.#repetition = repetition;
    this.#run = run;
    this.#stretch = stretch;
    this.#next = new Gathering(repetition.merges ? {} : undefined);
    const { until, emit } = repetition;
    this.#asksFirst = until?.isFirst === true || emit?.isFirst === true;
    this.#isDirect = [until, emit].every((one) => one === undefined || one.question.direct !== undefined);
    if (stretch === undefined) this.#made = repetition.child.run(this.#feed, run)[Symbol.iterator]();
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
        yield* this.#stretch === undefined ? this.#throughPipe(queue) : this.#directly(queue, this.#stretch);
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

  *#directly(queue: Traverser[], { head, flat, tail }: Stretch): Generator<Traverser | undefined> {
    const run = this.#run;
    const { budget } = run;
    for (const traverser of queue) {
      if (budget.spend()) yield undefined;
      if (this.#asksFirst && !(yield* this.#enters(traverser))) continue;
      const from = head.length === 0 ? traverser : through(head, traverser, run);
      if (from === undefined) continue;
      if (flat === undefined) {
        const out = this.#isDirect ? this.#turned(from) : yield* this.#turnedSlowly(from);
        if (out !== undefined) yield out;
        continue;
      }
      for (const value of flat.op.flatMap(from, run)) {
        if (budget.spend()) yield undefined;
        const end = through(tail, from.to(value, flat.mark), run);
        if (end === undefined) continue;
        const out = this.#isDirect ? this.#turned(end) : yield* this.#turnedSlowly(end);
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
    const { budget } = this.#run;
    while (this.#made !== undefined) {
      // What the child does may cost nothing that anybody counts, and still have no end.
      if (budget.spend()) yield undefined;
      const { done, value } = this.#made.next();
      if (done) this.#made = undefined;
      else if (value === undefined) yield undefined;
      else if (value === null) return;
      else {
        const out = this.#isDirect ? this.#turned(value) : yield* this.#turnedSlowly(value);
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

  /** Counts a round. What of it comes out of the repeat, if anything. */
  #turned(traverser: Traverser): Traverser | undefined {
    const run = this.#run;
    const { until, emit } = this.#repetition;
    traverser.loops = this.#levels.after(traverser.loops ?? (this.#level as Loops));
    if (until !== undefined && !until.isFirst && until.question.direct?.(traverser, run)) return this.#out(traverser);
    const isShown = emit !== undefined && !emit.isFirst && emit.question.direct?.(traverser, run) === true;
    return this.#goesOn(traverser, isShown);
  }

  /** The same where it may take long to find out. */
  *#turnedSlowly(traverser: Traverser): Generator<undefined, Traverser | undefined> {
    const { until, emit } = this.#repetition;
    traverser.loops = this.#levels.after(traverser.loops ?? (this.#level as Loops));
    if (until !== undefined && !until.isFirst && (yield* this.#says(until, traverser))) return this.#out(traverser);
    const isShown = emit !== undefined && !emit.isFirst && (yield* this.#says(emit, traverser));
    return this.#goesOn(traverser, isShown);
  }

  #goesOn(traverser: Traverser, isShown: boolean): Traverser | undefined {
    const shown = isShown ? traverser.copy() : undefined;
    this.#hold(traverser);
    return shown && this.#out(shown);
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
