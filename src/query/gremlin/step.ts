/** What a step of the standard dialect is: how it is declared, and what it does with what comes. */

import type { Argument } from './bytecode.ts';
import type { Builder } from './compile/builder.ts';
import type { StepCall } from './compile/calls.ts';
import type { Run } from './run/run.ts';
import type { Tracking, Traverser } from './run/traverser.ts';
import type { GValue } from './value/value.ts';

export interface TraversalStep {
  /** As it is written: 'out'. */
  readonly name: string;
  /** One sentence, for the reference and for completion. */
  readonly doc: string;
  /** As the reference prints them: `[label, …]`. */
  readonly args: string;
  /** How many there may be. */
  readonly count: readonly [number, number];
  /** Where it may stand; 'step' alone when left out. A 'start' follows `g` directly. */
  readonly place?: readonly ('start' | 'step')[];
  /** What may follow it to say more: `order().by(…)`. */
  readonly modulators?: readonly Modulator[];
  /** What it needs to know of the way so far, beside what its children need. */
  readonly tracking?: Tracking | ((args: readonly Argument[]) => Tracking);
  /** It changes the graph. */
  readonly writes?: boolean;
  /** Runs as a test on the toy graph, and is printed in the reference; `gives`: each result as text. */
  readonly example: { readonly query: string; readonly gives: readonly string[] };
  /** Made ready once for each traversal. Faults of its arguments are told to the builder. */
  build(call: StepCall, builder: Builder): Op;
}

export type Modulator =
  | 'by'
  | 'from'
  | 'to'
  | 'with'
  | 'option'
  | 'times'
  | 'until'
  | 'emit'
  | 'read'
  | 'write'
  | 'property';

export function defineTraversalStep(step: TraversalStep): TraversalStep {
  return step;
}

/** Nothing comes of it. */
export const NOTHING = Symbol('nothing');
export type Nothing = typeof NOTHING;

/**
 * What flows between steps. `undefined` is a breath: nothing yet, but the event loop should turn. `null` is a lull: all
 * that was to come for now has come (a round of a repeat is over), so that what was held back should come out. Each
 * step passes both on.
 */
export type Items = Iterable<Traverser | undefined | null>;

/** The simplest form that says all of it is the quickest. None of them keeps anything between two runs. */
export type Op = FilterOp | MapOp | FlatMapOp | StreamOp | BarrierOp | ReduceOp;

interface Common {
  /** Its name, and its arguments, as explain and profile print them. Set by the builder. */
  words?: string;
}

/** Lets pass or not. `accepts` is enough where the value alone decides. */
export interface FilterOp extends Common {
  readonly kind: 'filter';
  accepts?(value: GValue, run: Run): boolean;
  test?(traverser: Traverser, run: Run): boolean;
  /** That an element has this property with this value, whatever else it asks: the plan may hand it to an index. */
  readonly wants?: readonly Wanted[];
}

export type Wanted =
  | { readonly of: 'property'; readonly key: string; readonly values: readonly GValue[] }
  | { readonly of: 'id' | 'label'; readonly values: readonly GValue[] };

/** One for one, or none. */
export interface MapOp extends Common {
  readonly kind: 'map';
  map(traverser: Traverser, run: Run): GValue | Nothing;
}

/** Some for one. What the iterable gives is looked at one by one, so a long one costs nothing when few are asked for. */
export interface FlatMapOp extends Common {
  readonly kind: 'flatMap';
  flatMap(traverser: Traverser, run: Run): Iterable<GValue>;
  /** The same where only those will be looked at that filters directly behind it let pass. */
  narrowed?(wanted: readonly Wanted[]): FlatMapOp;
  /** How many there would be, when that is known without looking. */
  size?(traverser: Traverser, run: Run): number | undefined;
}

/** Anything. State lives inside of one call. Passes breaths and lulls on; makes its traversers with `mark`. */
export interface StreamOp extends Common {
  readonly kind: 'stream';
  stream(input: Items, run: Run): Items;
  /** It takes no more than so many, counted with their bulk, of what comes first. */
  readonly most?: number;
  /** The same where nobody will ask for more than the first so many. */
  first?(count: number): StreamOp;
}

/** All of it first (or all of a round), then what comes of that. */
export interface BarrierOp extends Common {
  readonly kind: 'barrier';
  release(all: Traverser[], run: Run): Items;
}

/** One value of all. */
export interface ReduceOp extends Common {
  readonly kind: 'reduce';
  /** Of what comes it asks nothing but how many there are: one with that bulk will do for all. */
  readonly tallies?: boolean;
  start(run: Run): Reduction;
}

export interface Reduction {
  add(traverser: Traverser, run: Run): void;
  /** NOTHING: no result at all, as the max of nothing. */
  result(run: Run): GValue | Nothing;
}
