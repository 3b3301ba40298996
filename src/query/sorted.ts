/**
 * A sort that can pause: short runs are sorted at once, then merged two by two. One native sort of 100,000 texts would
 * hold the event loop for a tenth of a second.
 */
import type { Value } from '../graph/element.ts';
import type { Kind } from './kind.ts';
import { weightOf } from './limits.ts';
import type { Item, Items, Run } from './step.ts';

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
  { budget }: Run,
  kind: Kind,
): Generator<T | undefined> {
  const byKey = (a: Keyed<T>, b: Keyed<T>) => compare(a.key, b.key);
  const weight = weightOf(kind);
  let runs: Keyed<T>[][] = [];
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
  while (runs.length > 1) {
    const longer: Keyed<T>[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [left, right] = [runs[at] as Keyed<T>[], runs[at + 1]];
      if (right === undefined) {
        longer.push(left);
        continue;
      }
      const merged: Keyed<T>[] = [];
      for (let i = 0, j = 0; i < left.length || j < right.length; ) {
        if (budget.spend()) yield undefined;
        const [one, other] = [left[i], right[j]];
        if (one !== undefined && (other === undefined || byKey(one, other) <= 0)) {
          merged.push(one);
          i++;
        } else {
          merged.push(other as Keyed<T>);
          j++;
        }
      }
      longer.push(merged);
    }
    runs = longer;
  }
  for (const { item } of runs[0] as Keyed<T>[]) {
    if (budget.spend()) yield undefined;
    yield item;
  }
}
