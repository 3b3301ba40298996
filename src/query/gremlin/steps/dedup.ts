import type { By } from '../arguments/by.ts';
import { isLocal, unscoped } from '../arguments/local.ts';
import { named } from '../forms/each.ts';
import { valueAt } from '../judge/compared.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import { Traverser } from '../run/traverser.ts';
import { defineTraversalStep, NOTHING, type Nothing } from '../step.ts';
import { GSet } from '../value/collections.ts';
import { keyOf } from '../value/identity.ts';
import { partsOf } from '../value/members.ts';
import type { GValue } from '../value/value.ts';

export const dedup = defineTraversalStep({
  name: 'dedup',
  doc: 'Each value once: by itself, by what `by` reads of it, or by what is at the named places; with local, what a collection holds.',
  args: '[scope, ][name, …]',
  count: [0, Number.POSITIVE_INFINITY],
  modulators: ['by'],
  tracking: (args) => (args.some((arg) => typeof arg === 'string') ? 'named' : 'none'),
  example: { query: "g.V().both().dedup().by(T.label).values('name')", gives: ['lop', 'vadas'] },
  build(call, builder) {
    if (isLocal(call)) return { kind: 'map', map: ({ value }) => new GSet(partsOf(value) ?? [value]) };
    const names = builder.strings(call, unscoped(call));
    const by = builder.oneBy(call);
    const { mark } = builder;
    const { direct } = by;
    const keyNow = names.length > 0 || direct === undefined ? undefined : direct;
    return {
      kind: 'stream',
      *stream(input, run) {
        const { budget } = run;
        const seen = new Seen();
        for (const traverser of input) {
          if (traverser === undefined || traverser === null) {
            yield traverser;
            continue;
          }
          if (budget.spend()) yield undefined;
          const value = keyNow === undefined ? yield* keyAt(names, by, traverser, run) : keyNow(traverser, run);
          if (value === NOTHING) continue;
          if (!seen.add(value)) continue;
          budget.hold(1);
          yield named(traverser.bulk === 1 ? traverser : traverser.copy(1), mark);
        }
        budget.hold(-seen.size);
      },
    };
  },
});

/** Elements are told apart by their ids alone, which needs no key to be made of them. */
class Seen {
  readonly #nodes = new Set<string>();
  readonly #edges = new Set<string>();
  readonly #others = new Set<unknown>();

  get size(): number {
    return this.#nodes.size + this.#edges.size + this.#others.size;
  }

  /** False when it was there already. */
  add(value: GValue): boolean {
    if (!isElement(value)) return isNew(this.#others, keyOf(value));
    return isNew(value.kind === 'node' ? this.#nodes : this.#edges, value.id);
  }
}

function isNew<T>(set: Set<T>, key: T): boolean {
  const before = set.size;
  return set.add(key).size > before;
}

function* keyAt(
  names: readonly string[],
  by: By,
  traverser: Traverser,
  run: Run,
): Generator<undefined, GValue | Nothing> {
  if (names.length === 0) return yield* by.value(traverser, run);
  const keys: GValue[] = [];
  for (const name of names) {
    const { trail, sack, loops } = traverser;
    const key = yield* by.value(new Traverser(valueAt(name, traverser, run), 1, trail, sack, loops), run);
    if (key === NOTHING) return NOTHING;
    keys.push(key);
  }
  return keys;
}
