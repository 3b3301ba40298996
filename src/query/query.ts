/** The front of the query engine: text in, answers out. Knows no clock and no I/O of its own. */
import { canonicalField, flowFields, isFlowField } from '../flow/fields.ts';
import { type Fault, Mistake } from '../std/mistake.ts';
import { didYouMean } from '../std/nearest.ts';
import type { Answer } from './answer.ts';
import { check } from './check.ts';
import { seriesKeys } from './counters.ts';
import type { Faults } from './faults.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { parse } from './parser.ts';
import { type Plan, plan } from './plan.ts';
import { type Context, runPlan } from './run.ts';

export type { Answer, Result } from './answer.ts';
export { defaultLimits, type Limits } from './limits.ts';
export type { Context } from './run.ts';

/** A query that makes sense, ready to run any number of times; relative times are read anew at each run. */
export interface PreparedQuery {
  readonly text: string;
  readonly plan: Plan;
  /** What is odd but not wrong, such as a key nobody knows. */
  readonly warnings: readonly Fault[];
}

export interface EngineOptions {
  /** Metadata keys that are known: a key whose first part is not among them is warned of. */
  readonly keys: () => readonly string[];
  /** Query texts kept prepared. */
  readonly cacheSize?: number;
  readonly limits?: Partial<Limits>;
}

/** About 2 kB each. */
const CACHE_SIZE = 1000;

export class QueryEngine {
  readonly #keys: () => readonly string[];
  readonly #limits: Limits;
  readonly #cacheSize: number;
  /** Least recently used first: a Map keeps the order of insertion. */
  readonly #cache = new Map<string, PreparedQuery>();
  /** Keys as they were when `#known` was made of them. */
  #keysSeen: readonly string[] = [];
  #known: ReadonlySet<string> = new Set();

  constructor({ keys, cacheSize = CACHE_SIZE, limits }: EngineOptions) {
    this.#keys = keys;
    this.#cacheSize = cacheSize;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** Throws one Mistake with all that is wrong. */
  prepare(text: string): PreparedQuery {
    const cached = this.#cache.get(text);
    // What was warned of may have become known.
    const isFresh = cached !== undefined && (cached.warnings.length === 0 || !this.#hasNewKeys());
    const prepared = isFresh ? cached : this.#prepare(text);
    this.#keep(text, prepared);
    return prepared;
  }

  /**
   * In the same call when nothing has to be waited for, else as a promise. Throws (or rejects with) a Mistake when a
   * limit is met, the signal aborts, or the query asks for what is not there.
   */
  run(prepared: PreparedQuery, context: Context): Answer | Promise<Answer> {
    const limits = context.limits === undefined ? this.#limits : { ...this.#limits, ...context.limits };
    return runPlan(prepared.plan, prepared.text, prepared.warnings, context, limits);
  }

  #prepare(text: string): PreparedQuery {
    const { query, faults } = parse(text, this.#limits);
    const checked = check(query);
    refuseFlowKeys(checked.faults);
    const errors = [...faults, ...checked.faults.errors];
    if (errors.length > 0)
      throw new Mistake(
        errors.sort((a, b) => (a.from ?? 0) - (b.from ?? 0)),
        text,
      );
    // What a workflow gives has the keys that it says.
    if (!query.calls.some(({ name }) => name === 'Workflow')) this.#warnOfKeys(checked.faults);
    return { text, plan: plan(checked, text), warnings: checked.faults.warnings };
  }

  #warnOfKeys(faults: Faults): void {
    if (faults.keys.length === 0) return;
    if (this.#hasNewKeys()) {
      this.#keysSeen = this.#keys();
      this.#known = new Set(this.#keysSeen.map(firstPart));
    }
    if (this.#known.size === 0) return;
    for (const key of faults.keys) {
      const name = firstPart(key.text);
      if (this.#known.has(name) || alwaysKnown.has(name)) continue;
      faults.warn('query.unknown-key', `no key named "${name}" is known`, key, didYouMean(name, this.#known));
    }
  }

  #hasNewKeys(): boolean {
    const keys = this.#keys();
    return (
      keys !== this.#keysSeen &&
      (keys.length !== this.#keysSeen.length || keys.some((key, at) => key !== this.#keysSeen[at]))
    );
  }

  #keep(text: string, prepared: PreparedQuery): void {
    this.#cache.delete(text);
    this.#cache.set(text, prepared);
    if (this.#cache.size <= this.#cacheSize) return;
    for (const oldest of this.#cache.keys()) {
      this.#cache.delete(oldest);
      break;
    }
  }
}

/** Nodes may have any key, but what flows have is all declared: another name is a slip. */
function refuseFlowKeys(faults: Faults): void {
  for (const key of faults.flowKeys) {
    if (isFlowField(key.text)) continue;
    const hint = didYouMean(canonicalField(key.text), flowFieldNames);
    faults.add('query.unknown-key', `flows have no field named "${key.text}"`, key, hint);
  }
}

const flowFieldNames = flowFields.map(({ name }) => name);

/** Of edges, and of counters. */
export const alwaysKnown = new Set(['RelationType', 'Parent', 'Child', ...seriesKeys]);

function firstPart(key: string): string {
  const dot = key.indexOf('.');
  return dot < 0 ? key : key.slice(0, dot);
}
