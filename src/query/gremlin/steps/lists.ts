import { type Joined, twoLists } from '../forms/two-lists.ts';
import { defineTraversalStep, type TraversalStep } from '../step.ts';
import { GMap, GSet } from '../value/collections.ts';
import type { GValue } from '../value/value.ts';

export const combine = ofTwo('combine', 'Both lists, one behind the other.', '[1, 2, 2, 3]', (left, right) => [
  ...left,
  ...right,
]);

export const merge = ofTwo(
  'merge',
  'What is in either of two lists, once; of two maps all entries, the second before the first.',
  '[1, 2, 3]',
  (left, right) => new GSet([...left, ...right]),
  (a, b) => new GMap([...a, ...b]),
);

export const difference = ofTwo('difference', 'What is in the list and not in the other.', '[1]', (left, right) => {
  const other = new GSet(right);
  return new GSet(filtered(left, (item) => !other.has(item)));
});

export const disjunct = ofTwo('disjunct', 'What is in one list but not in both.', '[1, 3]', (left, right) => {
  const [one, other] = [new GSet(left), new GSet(right)];
  return new GSet([...filtered(one, (item) => !other.has(item)), ...filtered(other, (item) => !one.has(item))]);
});

export const intersect = ofTwo('intersect', 'What is in both lists.', '[2]', (left, right) => {
  const other = new GSet(right);
  return new GSet(filtered(left, (item) => other.has(item)));
});

export const product = ofTwo(
  'product',
  'Each of the list with each of the other.',
  '[[1, 2], [1, 3], [2, 2], [2, 3]]',
  (left, right, run) => {
    const [rows, columns] = [[...left], [...right]];
    // Two short lists may make a long one: its size is looked at first.
    const size = rows.length * columns.length;
    run.budget.hold(size);
    const pairs = rows.flatMap((row) => columns.map((column) => [row, column]));
    run.budget.hold(-size);
    return pairs;
  },
);

function ofTwo(
  name: string,
  doc: string,
  gives: string,
  join: Joined,
  maps?: (a: GMap, b: GMap) => GValue,
): TraversalStep {
  return defineTraversalStep({
    name,
    doc,
    args: 'list',
    count: [1, 1],
    example: { query: `g.inject([1, 2]).${name}([2, 3])`, gives: [gives] },
    build: (call, builder) => twoLists(call, builder, join, maps),
  });
}

function* filtered(items: Iterable<GValue>, keeps: (item: GValue) => boolean): Generator<GValue> {
  for (const item of items) if (keeps(item)) yield item;
}
