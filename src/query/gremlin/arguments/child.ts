/** A traversal inside of another, as an argument of a step: made ready with it, asked of one traverser at a time. */
import { type Pipe, type Placed, pipeOf } from '../run/pipeline.ts';
import type { Run } from '../run/run.ts';
import { passes } from '../run/tail.ts';
import { Traverser } from '../run/traverser.ts';
import { type Items, NOTHING, type Nothing, type ReduceOp, type Reduction } from '../step.ts';
import type { GValue } from '../value/value.ts';

export class Child {
  readonly placed: readonly Placed[];
  /**
   * The first value for a traverser, without a generator and without a breath, where what the child does is little enough
   * for that: filters, maps, one step along edges, and a reduction of that.
   */
  readonly direct: ((traverser: Traverser, run: Run) => GValue | Nothing) | undefined;
  readonly #pipe: Pipe;

  constructor(placed: readonly Placed[]) {
    this.placed = placed;
    this.#pipe = pipeOf(placed);
    this.direct = isDirect(placed) ? (traverser, run) => firstOf(placed, 0, traverser, run) : undefined;
  }

  /** Everything it makes of some traversers; the bulk of each is kept. */
  run(input: Items, run: Run): Items {
    return this.#pipe(input, run);
  }

  /** The first value it makes of one. Breathes. */
  *first(traverser: Traverser, run: Run): Generator<undefined, GValue | Nothing> {
    if (this.direct !== undefined) return this.direct(traverser, run);
    for (const one of this.#pipe([traverser.single()], run)) {
      if (one === undefined) yield undefined;
      else if (one !== null) return one.value;
    }
    return NOTHING;
  }

  /** Whether it makes anything of one. Breathes. */
  *any(traverser: Traverser, run: Run): Generator<undefined, boolean> {
    return (yield* this.first(traverser, run)) !== NOTHING;
  }

  /** All values it makes of one, each as often as it counts. Breathes. */
  *values(traverser: Traverser, run: Run): Generator<undefined, GValue[]> {
    const values: GValue[] = [];
    for (const one of this.#pipe([traverser.single()], run)) {
      if (one === undefined) yield undefined;
      else if (one !== null) {
        run.budget.hold(one.bulk);
        for (let count = 0; count < one.bulk; count++) values.push(one.value);
      }
    }
    run.budget.hold(-values.length);
    return values;
  }
}

function isDirect(placed: readonly Placed[]): boolean {
  let steps = 0;
  for (const [at, { op }] of placed.entries()) {
    if (op.kind === 'stream' || op.kind === 'barrier') return false;
    // All vertices are many, and two steps along edges may be a long way.
    if (op.kind === 'flatMap' && (op.narrowed !== undefined || ++steps > 1)) return false;
    if (
      op.kind === 'reduce' &&
      placed.slice(at + 1).some(({ op: next }) => next.kind !== 'map' && next.kind !== 'filter')
    )
      return false;
  }
  return true;
}

function firstOf(placed: readonly Placed[], from: number, traverser: Traverser, run: Run): GValue | Nothing {
  const reduceAt = placed.findIndex(({ op }, at) => at >= from && op.kind === 'reduce');
  if (reduceAt >= 0) {
    const { op, mark } = placed[reduceAt] as Placed;
    const reduction = (op as ReduceOp).start(run);
    reduceFrom(placed, from, reduceAt, traverser.single(), run, reduction);
    const value = reduction.result(run);
    if (value === NOTHING) return NOTHING;
    return firstOf(
      placed,
      reduceAt + 1,
      new Traverser(null, 1, undefined, traverser.sack, traverser.loops).to(value, mark),
      run,
    );
  }
  let now = traverser;
  for (let at = from; at < placed.length; at++) {
    const { op, mark } = placed[at] as Placed;
    if (op.kind === 'filter') {
      if (!passes(op, now, run)) return NOTHING;
      if (mark.labels.length > 0) now = now.named(mark);
    } else if (op.kind === 'map') {
      const value = op.map(now, run);
      if (value === NOTHING) return NOTHING;
      now = now.to(value, mark);
    } else if (op.kind === 'flatMap') {
      for (const value of op.flatMap(now, run)) {
        run.budget.spend();
        const first = firstOf(placed, at + 1, now.to(value, mark), run);
        if (first !== NOTHING) return first;
      }
      return NOTHING;
    }
  }
  return now.value;
}

function reduceFrom(
  placed: readonly Placed[],
  from: number,
  to: number,
  traverser: Traverser,
  run: Run,
  reduction: Reduction,
): void {
  let now = traverser;
  for (let at = from; at < to; at++) {
    const { op, mark } = placed[at] as Placed;
    if (op.kind === 'filter') {
      if (!passes(op, now, run)) return;
      if (mark.labels.length > 0) now = now.named(mark);
    } else if (op.kind === 'map') {
      const value = op.map(now, run);
      if (value === NOTHING) return;
      now = now.to(value, mark);
    } else if (op.kind === 'flatMap') {
      const next = placed[at + 1]?.op;
      const size = next?.kind === 'reduce' && next.tallies ? op.size?.(now, run) : undefined;
      if (size !== undefined) {
        run.budget.spend();
        if (size > 0) reduction.add(now.copy(now.bulk * size), run);
        return;
      }
      for (const value of op.flatMap(now, run)) {
        run.budget.spend();
        reduceFrom(placed, at + 1, to, now.to(value, mark), run, reduction);
      }
      return;
    }
  }
  reduction.add(now, run);
}
