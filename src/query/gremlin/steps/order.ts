import { mergeRuns } from '../../../std/merge-runs.ts';
import type { By } from '../arguments/by.ts';
import { identityBy } from '../arguments/by.ts';
import { isLocal } from '../arguments/local.ts';
import { named } from '../forms/each.ts';
import { mapping } from '../forms/waiting.ts';
import { Best } from '../gather/best.ts';
import { type Keyed, Ordering } from '../gather/ordering.ts';
import type { Run } from '../run/run.ts';
import { alone, type Mark, type Tracking, type Traverser } from '../run/traverser.ts';
import { defineTraversalStep, type Items, NOTHING, type Nothing, type Op, type StreamOp } from '../step.ts';
import { GMap, type MapEntry } from '../value/collections.ts';
import { partsOf } from '../value/members.ts';
import { type GValue, Path, Tree } from '../value/value.ts';

export const order = defineTraversalStep({
  name: 'order',
  doc: 'In order: of themselves, or of what `by` reads of each; with local, what a collection holds.',
  args: '[scope]',
  count: [0, 1],
  modulators: ['by'],
  example: { query: "g.V().values('age').order().by(desc)", gives: ['35', '32', '29', '27'] },
  build(call, builder): Op {
    const { mark, tracking } = builder;
    const bys: By[] = builder.bys(call);
    const ordering = new Ordering(bys.length === 0 ? [identityBy()] : bys);
    if (!isLocal(call)) return ordered(ordering, mark);
    // A list may be long: so it breathes.
    return mapping({ isDirect: false, mark }, ({ value }, run) => orderedParts(value, ordering, tracking, run));
  },
});

/** All of them, or the first `most`. */
function ordered(ordering: Ordering, mark: Mark, most?: number): StreamOp {
  const make = (run: Run): Sorting => (most === undefined ? new Whole(ordering, run) : new First(most, ordering, run));
  return {
    kind: 'stream',
    first: (count) => ordered(ordering, mark, count),
    *stream(input, run) {
      const { budget } = run;
      let sorting = make(run);
      for (const traverser of input) {
        if (traverser === undefined) yield undefined;
        else if (traverser === null) {
          yield* sorting.all(mark);
          sorting = make(run);
          yield null;
        } else {
          if (budget.spend()) yield undefined;
          const keys = ordering.isDirect ? ordering.keysNow(traverser, run) : yield* ordering.keysOf(traverser, run);
          if (keys !== NOTHING) sorting.add({ item: traverser, keys });
        }
      }
      yield* sorting.all(mark);
    },
  };
}

interface Sorting {
  add(keyed: Keyed<Traverser>): void;
  /** In order; nothing is held any more then. */
  all(mark: Mark): Items;
}

/** Short runs are sorted at once, then merged with breaths. */
class Whole implements Sorting {
  readonly #run: Run;
  readonly #compare: ReturnType<Ordering['compare']>;
  readonly #runs: Keyed<Traverser>[][] = [];
  #current: Keyed<Traverser>[] = [];
  #held = 0;

  constructor(ordering: Ordering, run: Run) {
    this.#run = run;
    this.#compare = ordering.compare(run.model);
  }

  add(keyed: Keyed<Traverser>): void {
    this.#held += WEIGHT;
    this.#run.budget.hold(WEIGHT);
    this.#current.push(keyed);
    if (this.#current.length >= RUN_LENGTH) this.#close();
  }

  *all(mark: Mark): Items {
    const { budget } = this.#run;
    this.#close();
    const merging = mergeRuns(this.#runs, this.#compare);
    let step = merging.next();
    for (; !step.done; step = merging.next()) if (budget.look()) yield undefined;
    for (const { item } of step.value) yield named(item, mark);
    budget.hold(-this.#held);
  }

  #close(): void {
    this.#runs.push(this.#current.sort(this.#compare));
    this.#current = [];
  }
}

class First implements Sorting {
  readonly #run: Run;
  readonly #best: Best<Keyed<Traverser>>;

  constructor(most: number, ordering: Ordering, run: Run) {
    this.#run = run;
    this.#best = new Best<Keyed<Traverser>>(most, ordering.compare(run.model));
  }

  add(keyed: Keyed<Traverser>): void {
    const before = this.#best.size;
    this.#best.add(keyed);
    if (this.#best.size > before) this.#run.budget.hold(WEIGHT);
  }

  *all(mark: Mark): Items {
    for (const { item } of this.#best.inOrder()) yield named(item, mark);
    this.#run.budget.hold(-WEIGHT * this.#best.size);
  }
}

const RUN_LENGTH = 4096;
/** A traverser with its keys, in references. */
const WEIGHT = 3;

/** What has no parts stays as it is. A map is in the order of its entries, anything else becomes a list. */
function* orderedParts(
  value: GValue,
  ordering: Ordering,
  tracking: Tracking,
  run: Run,
): Generator<undefined, GValue | Nothing> {
  const parts = value instanceof Path ? undefined : partsOf(value);
  if (parts === undefined) return value;
  const fresh = alone(tracking);
  const keyed: Keyed<GValue>[] = [];
  for (const item of parts) {
    if (run.budget.spend()) yield undefined;
    const keys = yield* ordering.keysOf(fresh(item), run);
    if (keys !== NOTHING) keyed.push({ item, keys });
  }
  const items = (yield* sorted(keyed, ordering.compare(run.model), run)).map(({ item }) => item);
  if (!(value instanceof GMap || value instanceof Tree)) return items;
  return new GMap(items.map((item) => [(item as MapEntry).name, (item as MapEntry).value]));
}

function* sorted<T>(all: readonly T[], compare: (a: T, b: T) => number, { budget }: Run): Generator<undefined, T[]> {
  const runs: T[][] = [];
  for (let at = 0; at < all.length; at += RUN_LENGTH) {
    runs.push(all.slice(at, at + RUN_LENGTH).sort(compare));
    if (budget.look()) yield undefined;
  }
  const merging = mergeRuns(runs, compare);
  let step = merging.next();
  for (; !step.done; step = merging.next()) if (budget.look()) yield undefined;
  return step.value;
}
