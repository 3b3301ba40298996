/** How a query will run, and how it did: data that an interface can draw. */
import type { GraphView } from '../graph/view.ts';
import type { Kind } from './kind.ts';
import type { Plan, Pushed, Stage } from './plan.ts';
import { bestLookup, indexableOf } from './source.ts';
import type { Items } from './step.ts';

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
  return { steps: stage.text, gives: stage.gives, runs: stage.kind, source };
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

/** Counts what goes through a stage, and the time of its own. */
export class Meter {
  readonly #elapsed: () => number;
  readonly #before: Meter | undefined;
  /** Including everything before it, ms. */
  #inclusiveMs = 0;
  itemsOut = 0;

  constructor(elapsed: () => number, before: Meter | undefined) {
    this.#elapsed = elapsed;
    this.#before = before;
  }

  *count(items: Items): Generator<Items extends Iterable<infer T> ? T : never> {
    const iterator = items[Symbol.iterator]();
    try {
      for (;;) {
        const started = this.#elapsed();
        const { done, value } = iterator.next();
        this.#inclusiveMs += this.#elapsed() - started;
        if (done) return;
        if (value !== undefined) this.itemsOut++;
        yield value;
      }
    } finally {
      iterator.return?.();
    }
  }

  /** Time a stage took beside its stream: gathering, waiting. */
  add(ms: number): void {
    this.#inclusiveMs += ms;
  }

  get cost(): StageCost {
    const before = this.#before;
    const beforeMs = before === undefined ? 0 : before.#inclusiveMs;
    const ms = Math.max(0, this.#inclusiveMs - beforeMs);
    return { itemsIn: before?.itemsOut ?? 0, itemsOut: this.itemsOut, us: Math.round(ms * 1000) };
  }
}
