/**
 * What `group` gathers. Of each key only what its `by` needs is kept: a count while it counts, and the traversers only for
 * a traversal that has to see all of them. (TinkerPop: GroupStep, GroupSideEffectStep.)
 */
import type { By } from './by.ts';
import { Child } from './child.ts';
import type { Placed } from './pipeline.ts';
import type { Run } from './run.ts';
import { Hoard } from './side-effects.ts';
import { NOTHING, type Nothing, type ReduceOp, type Reduction } from './step.ts';
import { type Mark, Traverser } from './traverser.ts';
import { add } from './value/arithmetic.ts';
import { GMap } from './value/collections.ts';
import { isList, keyOf } from './value/identity.ts';
import { isNumber } from './value/num.ts';
import type { GValue } from './value/value.ts';
import { atOnce } from './waiting.ts';

export interface Grouping {
  readonly key: By;
  readonly values: ValuesOf;
}

/** What is made of the values of a key. */
export type ValuesOf =
  /** A list, of what one read gives. */
  | { readonly kind: 'list'; readonly by: By }
  /** A traversal that gathers nothing: what it makes of the newest. */
  | { readonly kind: 'newest'; readonly child: Child }
  | {
      readonly kind: 'reduced';
      readonly before: Child;
      readonly op: ReduceOp;
      readonly mark: Mark;
      readonly after: Child;
    }
  | { readonly kind: 'all'; readonly before: Child; readonly rest: Child };

export function valuesOf(by: By): ValuesOf {
  if (by.child === undefined) return { kind: 'list', by };
  const { placed } = by.child;
  const at = placed.findIndex(gathers);
  if (at < 0) return { kind: 'newest', child: by.child };
  const before = new Child(placed.slice(0, at));
  const { op, mark } = placed[at] as Placed;
  if (op.kind === 'reduce') return { kind: 'reduced', before, op, mark, after: new Child(placed.slice(at + 1)) };
  return { kind: 'all', before, rest: new Child(placed.slice(at)) };
}

/** Those of TinkerPop's barriers that say by what they are that they are one are seen by it; of the others the names tell. */
function gathers({ op }: Placed): boolean {
  if (op.kind === 'reduce') return true;
  return (op.kind === 'barrier' || op.kind === 'stream') && BARRIERS.has(/^\w*/.exec(op.words ?? '')?.[0] ?? '');
}

const BARRIERS: ReadonlySet<string> = new Set([
  'aggregate',
  'count',
  'dedup',
  'fold',
  'group',
  'groupCount',
  'limit',
  'max',
  'mean',
  'min',
  'order',
  'range',
  'sample',
  'skip',
  'sum',
  'tree',
]);

export class Groups extends Hoard {
  readonly #groups = new Map<unknown, Group>();
  /** One map for all who ask, early or late. */
  readonly #map: GMap;
  readonly #changed = new Set<Group>();
  #run: Run | undefined;

  readonly #before: GMap;

  /** `before`: what a side-effect of this name held, to which more is added. */
  constructor(before: GMap = new GMap()) {
    super();
    this.#before = before;
    this.#map = new GMap(before);
  }

  *add(traverser: Traverser, { key: by, values }: Grouping, run: Run): Generator<undefined, void> {
    this.#run = run;
    const key = by.direct === undefined ? yield* by.value(traverser, run) : by.direct(traverser, run);
    if (key === NOTHING) return;
    const known = keyOf(key);
    let group = this.#groups.get(known);
    if (group === undefined) {
      run.budget.hold(1);
      group = new Group(key, values);
      this.#groups.set(known, group);
    }
    this.#changed.add(group);
    yield* group.add(traverser, run);
  }

  *finished(run: Run): Generator<undefined, GMap> {
    for (const group of this.#changed) {
      const value = yield* group.value(run);
      const before = this.#before.get(group.key);
      if (value !== NOTHING) this.#map.set(group.key, before === undefined ? value : together(before, value));
      else if (before === undefined) this.#map.delete(group.key);
    }
    this.#changed.clear();
    return this.#map;
  }

  result(): GMap {
    return this.#run === undefined ? this.#map : atOnce(this.finished(this.#run));
  }
}

class Group {
  readonly key: GValue;
  readonly #values: ValuesOf;
  readonly #list: GValue[] = [];
  readonly #all: Traverser[] = [];
  #newest: GValue | Nothing = NOTHING;
  #reduction: Reduction | undefined;

  constructor(key: GValue, values: ValuesOf) {
    this.key = key;
    this.#values = values;
  }

  *add(traverser: Traverser, run: Run): Generator<undefined, void> {
    const values = this.#values;
    switch (values.kind) {
      case 'list': {
        const { by } = values;
        const value = by.direct === undefined ? yield* by.value(traverser, run) : by.direct(traverser, run);
        if (value === NOTHING) return;
        run.budget.hold(traverser.bulk);
        for (let count = 0; count < traverser.bulk; count++) this.#list.push(value);
        return;
      }
      case 'newest': {
        const value = yield* values.child.first(traverser, run);
        if (value !== NOTHING) this.#newest = value;
        return;
      }
      case 'reduced': {
        this.#reduction ??= values.op.start(run);
        if (values.before.placed.length === 0) this.#reduction.add(traverser, run);
        else
          for (const one of values.before.run([traverser], run)) {
            if (one === undefined) yield undefined;
            else if (one !== null) this.#reduction.add(one, run);
          }
        return;
      }
      case 'all':
        for (const one of values.before.run([traverser], run)) {
          if (one === undefined) yield undefined;
          else if (one !== null) {
            run.budget.hold(1);
            this.#all.push(one);
          }
        }
    }
  }

  *value(run: Run): Generator<undefined, GValue | Nothing> {
    const values = this.#values;
    switch (values.kind) {
      case 'list':
        return this.#list;
      case 'newest':
        return this.#newest;
      case 'reduced': {
        const value = (this.#reduction as Reduction).result(run);
        if (value === NOTHING || values.after.placed.length === 0) return value;
        return yield* firstOf(values.after, [new Traverser(null, 1).to(value, values.mark)], run);
      }
      case 'all':
        return yield* firstOf(
          values.rest,
          this.#all.map((one) => one.copy()),
          run,
        );
    }
  }
}

function* firstOf(child: Child, all: Traverser[], run: Run): Generator<undefined, GValue | Nothing> {
  for (const one of child.run(all, run)) {
    if (one === undefined) yield undefined;
    else if (one !== null) return one.value;
  }
  return NOTHING;
}

/** What withSideEffect gave for a key, with what is gathered there. */
function together(before: GValue, value: GValue): GValue {
  if (isList(before) && isList(value)) return [...before, ...value];
  return isNumber(before) && isNumber(value) ? add(before, value) : value;
}
