/** A sort that can pause: short runs are sorted at once, then merged. */
import type { Value } from '../graph/element.ts';
import { mergeRuns } from '../std/merge-runs.ts';
import type { Kind } from './kind.ts';
import { weightOf } from './limits.ts';
import type { Item, Items, World } from './step.ts';

const RUN_LENGTH = 1024;

interface Keyed<T> {
  readonly key: Value | undefined;
  readonly item: T;
}

/** Stable: equals stay in the order they came. */
export function* sorted<T extends Item>(
  input: Items<T>,
  keyOf: (item: T) => Value | undefined,
  compare: (a: Value | undefined, b: Value | undefined) => number,
  { budget }: Pick<World, 'budget'>,
  kind: Kind,
): Generator<T | undefined> {
  const byKey = (a: Keyed<T>, b: Keyed<T>) => compare(a.key, b.key);
  const weight = weightOf(kind);
  const runs: Keyed<T>[][] = [];
  let current: Keyed<T>[] = [];
  for (const item of input) {
    if (item === undefined) {
      yield undefined;
      continue;
    }
    budget.hold(weight);
    current.push({ key: keyOf(item), item });
    if (current.length < RUN_LENGTH) continue;
    runs.push(current.sort(byKey));
    current = [];
    if (budget.spend()) yield undefined;
  }
  runs.push(current.sort(byKey));
  const merging = mergeRuns(runs, byKey);
  let step = merging.next();
  for (; !step.done; step = merging.next()) if (budget.look()) yield undefined;
  for (const { item } of step.value) {
    if (budget.spend()) yield undefined;
    yield item;
  }
}
