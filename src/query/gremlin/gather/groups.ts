/**
 * What `group` gathers. Of each key only what its `by` needs is kept: a count while it counts, and the traversers only for
 * a traversal that has to see all of them. (TinkerPop: GroupStep, GroupSideEffectStep.)
 */
import type { By } from '../arguments/by.ts';
import { atOnce } from '../forms/waiting.ts';
import type { Run } from '../run/run.ts';
import { Hoard } from '../run/side-effects.ts';
import type { Traverser } from '../run/traverser.ts';
import { NOTHING } from '../step.ts';
import { add } from '../value/arithmetic.ts';
import { GMap } from '../value/collections.ts';
import { isList, keyOf } from '../value/identity.ts';
import { isNumber } from '../value/num.ts';
import type { GValue } from '../value/value.ts';
import { Group, type ValuesOf } from './group-values.ts';

export interface Grouping {
  readonly key: By;
  readonly values: ValuesOf;
}

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
      if (run.budget.spend()) yield undefined;
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

/** What withSideEffect gave for a key, with what is gathered there. */
function together(before: GValue, value: GValue): GValue {
  if (isList(before) && isList(value)) return [...before, ...value];
  return isNumber(before) && isNumber(value) ? add(before, value) : value;
}
