/** How a query will run, and how it did: data that an interface can draw. */
import type { FlowCondition } from '../flow/view.ts';
import type { GraphView } from '../graph/view.ts';
import type { FlowAsk } from './flowplan.ts';
import type { Kind } from './kind.ts';
import type { Plan, Pushed, Stage } from './plan.ts';
import { bestLookup, indexableOf } from './source.ts';
import type { Item, Items } from './step.ts';

export interface Explanation {
  readonly query: string;
  readonly stages: readonly StageWords[];
}

export interface StageWords {
  /** The steps it stands for, as written. */
  readonly steps: string;
  readonly gives: Kind;
  /** 'stream': item by item; 'gather': all of its input first. */
  readonly runs: 'stream' | 'gather';
  /** What a flow store is asked to do. */
  readonly flows: FlowWords | undefined;
  /** Where a source takes its elements from. */
  readonly source: SourceWords | undefined;
}

export interface SourceWords {
  /** 'index': by the key below; 'scan': all elements are looked at. */
  readonly by: 'index' | 'scan';
  readonly key: string | undefined;
  /** Keys whose conditions are checked on the way. */
  readonly filters: readonly string[];
  /** Elements that will be looked at, as of now. */
  readonly estimate: number;
}

export interface FlowWords {
  /** Fields the store filters by, those with a known value first: it may have an index for one. */
  readonly filters: readonly string[];
  /** `-Last`: in descending order. */
  readonly sort: string | undefined;
  readonly skip: number;
  readonly limit: number | undefined;
  readonly counts: boolean;
}

export interface Profile extends Explanation {
  readonly stages: readonly (StageWords & StageCost)[];
  readonly totalUs: number;
}

export interface StageCost {
  readonly itemsIn: number;
  readonly itemsOut: number;
  /** Time spent in the stage itself, µs; waiting for an archive counts. */
  readonly us: number;
}

export function explain(plan: Plan, query: string, view: GraphView): Explanation {
  return { query, stages: plan.stages.map((stage) => wordsOf(stage, view)) };
}

function wordsOf(stage: Stage, view: GraphView): StageWords {
  const source = stage.pushed && sourceOf(stage.pushed, view);
  const flows = stage.ask && flowWords(stage.ask);
  return { steps: stage.text, gives: stage.gives, runs: stage.kind, flows, source };
}

function flowWords({ where, sort, skip, limit, counts }: FlowAsk): FlowWords {
  const isKnown = ({ anyOf }: FlowCondition) => anyOf.every(({ equals }) => equals !== undefined);
  const filters = where
    .toSorted((a, b) => Number(isKnown(b)) - Number(isKnown(a)))
    .map(({ anyOf }) => [...new Set(anyOf.map(({ field }) => field))].join(' or '));
  return {
    filters,
    sort: sort && `${sort.isDescending ? '-' : ''}${sort.field}`,
    skip,
    limit: Number.isFinite(limit) ? limit : undefined,
    counts,
  };
}

/** An estimate stops counting here. */
const ESTIMATE_MAX = 10_000;

function sourceOf({ of, conditions }: Pushed, view: GraphView): SourceWords {
  const found = bestLookup(indexableOf(conditions, of), of, view);
  const filters = conditions.filter((condition) => condition !== found?.condition).map(({ key }) => key.text);
  if (found === undefined) {
    const estimate = of === 'nodes' ? view.nodeCount : view.edgeCount;
    return { by: 'scan', key: undefined, filters, estimate };
  }
  let estimate = 0;
  for (const _ of found.elements) if (++estimate >= ESTIMATE_MAX) break;
  return { by: 'index', key: found.condition.key.text, filters, estimate };
}

/** Charges time to one stage at a time: a stage that waits for the one before it costs nothing meanwhile. */
export class Stopwatch {
  readonly #elapsed: () => number;
  #running: Meter | undefined;
  #sinceMs = 0;

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** Gives the one that was charged until now. */
  charge(meter: Meter | undefined): Meter | undefined {
    const now = this.#elapsed();
    const before = this.#running;
    if (before !== undefined) before.ms += now - this.#sinceMs;
    this.#running = meter;
    this.#sinceMs = now;
    return before;
  }
}

/** Counts what goes through a stage. */
export class Meter {
  readonly #watch: Stopwatch;
  readonly #before: Meter | undefined;
  ms = 0;
  itemsOut = 0;

  constructor(watch: Stopwatch, before: Meter | undefined) {
    this.#watch = watch;
    this.#before = before;
  }

  *count(items: Items): Generator<Item | undefined> {
    const iterator = items[Symbol.iterator]();
    try {
      for (;;) {
        const outer = this.#watch.charge(this);
        const { done, value } = iterator.next();
        this.#watch.charge(outer);
        if (done) return;
        if (value !== undefined) this.itemsOut++;
        yield value;
      }
    } finally {
      iterator.return?.();
    }
  }

  get cost(): StageCost {
    return { itemsIn: this.#before?.itemsOut ?? 0, itemsOut: this.itemsOut, us: Math.round(this.ms * 1000) };
  }
}
