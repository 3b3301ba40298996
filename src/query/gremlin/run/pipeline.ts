/**
 * Ops to one generator. Filters and maps that follow one another run inside of one loop, together with the flatMap before
 * them: a generator for each would cost more than what they do.
 */

import { type BarrierOp, type FilterOp, type FlatMapOp, type Items, NOTHING, type Op, type ReduceOp } from '../step.ts';
import type { Run } from './run.ts';
import { acceptsAll, plainFilters, type Small, tailFrom, through } from './tail.ts';
import { type Mark, Traverser } from './traverser.ts';

/** An op, and what it leaves on the trail. */
export interface Placed {
  readonly op: Op;
  readonly mark: Mark;
  /** Of a step that changes the graph. */
  readonly writes?: boolean | undefined;
}

/** Runs input through all of the ops. Made ready once, used any number of times. */
export type Pipe = (input: Items, run: Run) => Items;

export function pipeOf(placed: readonly Placed[]): Pipe {
  const pipes: Pipe[] = [];
  for (let at = 0; at < placed.length; ) {
    const { op, mark } = placed[at] as Placed;
    if (op.kind === 'filter' || op.kind === 'map') {
      const tail = tailFrom(placed, at);
      pipes.push(small(tail));
      at += tail.length;
      continue;
    }
    at++;
    switch (op.kind) {
      case 'flatMap': {
        const tail = tailFrom(placed, at);
        at += tail.length;
        const filters = isTallied(placed[at]?.op) ? plainFilters(tail) : undefined;
        pipes.push(filters?.rest.length === 0 ? tallied(op, filters.first) : flat(op, mark, tail));
        break;
      }
      case 'stream':
        pipes.push((input, run) => op.stream(input, run));
        break;
      case 'barrier':
        pipes.push(barrier(op));
        break;
      case 'reduce':
        pipes.push(reduce(op, mark));
    }
  }
  if (pipes.length === 0) return (input) => input;
  if (pipes.length === 1) return pipes[0] as Pipe;
  return (input, run) => pipes.reduce<Items>((items, pipe) => pipe(items, run), input);
}

function small(tail: readonly Small[]): Pipe {
  return function* (input, run) {
    const { budget } = run;
    for (const traverser of input) {
      if (traverser === undefined || traverser === null) {
        yield traverser;
        continue;
      }
      if (budget.spend()) yield undefined;
      const out = through(tail, traverser, run);
      if (out !== undefined) yield out;
    }
  };
}

/** The first filters that look at the value alone are asked before there is a traverser at all. */
function flat(op: FlatMapOp, mark: Mark, tail: readonly Small[]): Pipe {
  const { first, rest } = plainFilters(tail);
  const test = first.length === 1 ? (first[0] as FilterOp) : undefined;
  return function* (input, run) {
    const { budget } = run;
    for (const traverser of input) {
      if (traverser === undefined || traverser === null) {
        yield traverser;
        continue;
      }
      for (const value of op.flatMap(traverser, run)) {
        if (budget.spend()) yield undefined;
        if (test !== undefined) {
          if (!(test.accepts as NonNullable<FilterOp['accepts']>)(value, run)) continue;
        } else if (first.length > 0 && !acceptsAll(first, value, run)) continue;
        const next = traverser.to(value, mark);
        const out = rest.length === 0 ? next : through(rest, next, run);
        if (out !== undefined) yield out;
      }
    }
  };
}

function isTallied(op: Op | undefined): boolean {
  return op?.kind === 'reduce' && op.tallies === true;
}

/** Before a count nobody needs a traverser for each, and often nobody needs to look. */
function tallied(op: FlatMapOp, filters: readonly FilterOp[]): Pipe {
  return function* (input, run) {
    const { budget } = run;
    for (const traverser of input) {
      if (traverser === undefined || traverser === null) {
        yield traverser;
        continue;
      }
      let passed = filters.length === 0 ? op.size?.(traverser, run) : undefined;
      if (passed === undefined) {
        passed = 0;
        for (const value of op.flatMap(traverser, run)) {
          if (budget.spend()) yield undefined;
          if (acceptsAll(filters, value, run)) passed++;
        }
      } else if (budget.spend()) yield undefined;
      if (passed > 0) yield traverser.copy(traverser.bulk * passed);
    }
  };
}

function barrier(op: BarrierOp): Pipe {
  return function* (input, run) {
    const { budget } = run;
    let all: Traverser[] = [];
    for (const traverser of input) {
      if (traverser === undefined) yield undefined;
      else if (traverser === null) {
        if (all.length > 0) yield* op.release(all, run);
        budget.hold(-all.length);
        all = [];
        yield null;
      } else {
        all.push(traverser);
        budget.hold(1);
      }
    }
    yield* op.release(all, run);
    budget.hold(-all.length);
  };
}

/** In a lull what was reduced since the last one comes out, if there was anything. */
function reduce(op: ReduceOp, mark: Mark): Pipe {
  return function* (input, run) {
    let reduction = op.start(run);
    let seen: Traverser | undefined;
    let wasLull = false;
    for (const traverser of input) {
      if (traverser === undefined) yield undefined;
      else if (traverser === null) {
        wasLull = true;
        if (seen !== undefined) {
          const value = reduction.result(run);
          if (value !== NOTHING) yield seen.copy(1).to(value, mark);
          reduction = op.start(run);
          seen = undefined;
        }
        yield null;
      } else {
        reduction.add(traverser, run);
        seen = traverser;
      }
    }
    if (wasLull && seen === undefined) return;
    const value = reduction.result(run);
    // A reduction forgets the way: what comes out was nowhere before.
    if (value !== NOTHING) yield new Traverser(null, 1, undefined, seen?.sack, seen?.loops).to(value, mark);
  };
}
