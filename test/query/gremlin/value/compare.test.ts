import fc from 'fast-check';
import type { GraphNode } from '../../../../src/graph/element.ts';
import { GMap, GSet } from '../../../../src/query/gremlin/value/collections.ts';
import { compareAlike, compareAll, isEqual } from '../../../../src/query/gremlin/value/compare.ts';
import { double, long, Num, num } from '../../../../src/query/gremlin/value/num.ts';
import { tokens } from '../../../../src/query/gremlin/value/token.ts';
import {
  Binary,
  BulkSet,
  DateTime,
  Duration,
  type GValue,
  Path,
  Property,
  Uuid,
} from '../../../../src/query/gremlin/value/value.ts';

const node = (id: string) => ({ kind: 'node', id, metadata: {} }) as unknown as GraphNode;
const byNumber = { id: ({ id }: { id: string }) => Number(id) };

/** Least first: one of each kind, and some of a kind. */
const inOrder: readonly GValue[] = [
  null,
  false,
  true,
  Number.NEGATIVE_INFINITY,
  num('bigdecimal', '-2.50'),
  -1,
  num('float', 0.5),
  num('bigint', 2n ** 53n + 1n),
  num('bigint', 2n ** 70n),
  Number.POSITIVE_INFINITY,
  Number.NaN,
  new DateTime(0),
  new DateTime(0, 1),
  '',
  'a',
  'b',
  new Uuid('f0000000-0000-0000-0000-000000000000'),
  new Uuid('10000000-0000-0000-8000-000000000000'),
  new Uuid('10000000-0000-0000-0000-000000000000'),
  node('a'),
  new Path([1], [[]]),
  new GSet([2, 1]),
  new GSet([1, 3]),
  [],
  [1],
  [1, null],
  [2],
  new GMap([['a', 1]]),
  new GMap([
    ['b', 1],
    ['a', 2],
  ]),
];

test('all values have one order, across kinds and within each', () => {
  const shuffled = [...inOrder].reverse();
  expect(shuffled.sort((a, b) => compareAll(a, b))).toEqual(inOrder);
  for (const [at, a] of inOrder.entries())
    for (const [other, b] of inOrder.entries()) expect(Math.sign(compareAll(a, b))).toBe(Math.sign(at - other));
});

test('numbers are equal by value, whatever their types', () => {
  const ones = [1, long(1), double(1), num('byte', 1), num('float', 1), num('bigint', 1n), num('bigdecimal', '1.00')];
  for (const a of ones) for (const b of ones) expect(isEqual(a, b)).toBe(true);
  expect(isEqual(num('bigint', 2n ** 53n + 1n), num('bigint', 2n ** 53n))).toBe(false);
  expect(isEqual(long(2n ** 53n + 1n), num('bigdecimal', '9007199254740993'))).toBe(true);
  expect(isEqual(num('bigdecimal', '0.1'), 0.1)).toBe(true);
  expect(isEqual(num('float', Math.fround(0.1)), num('bigdecimal', '0.1'))).toBe(true);
  expect(isEqual(1, '1')).toBe(false);
});

test('as in Java -0.0 is not 0, and comes before it', () => {
  expect(isEqual(-0, 0)).toBe(false);
  expect(isEqual(-0, -0)).toBe(true);
  expect(compareAll(-0, 0)).toBeLessThan(0);
  expect(compareAll(0, -0)).toBeGreaterThan(0);
  expect(compareAll(-0, -0)).toBe(0);
});

test('NaN is equal to nothing, nor does it compare, also within a list', () => {
  const lists: readonly GValue[] = [Number.NaN];
  expect(isEqual(Number.NaN, Number.NaN)).toBe(false);
  expect(isEqual(new Num('float', Number.NaN), new Num('float', Number.NaN))).toBe(false);
  expect(isEqual(lists, lists)).toBe(false);
  expect(compareAlike(Number.NaN, 1)).toBeUndefined();
  expect(compareAlike(1, Number.NaN)).toBeUndefined();
  expect(compareAlike(lists, [1])).toBeUndefined();
});

test('only values of one kind compare', () => {
  expect(compareAlike('a', 1)).toBeUndefined();
  expect(compareAlike(null, 1)).toBeUndefined();
  expect(compareAlike(null, null)).toBe(0);
  expect(compareAlike([1, 'a'], [1, 2])).toBeUndefined();
  expect(compareAlike([1, 2], [1, 3])).toBeLessThan(0);
  expect(compareAlike([1], [1, 'a'])).toBeLessThan(0);
  expect(compareAlike(tokens.Order.asc, tokens.Order.desc)).toBeLessThan(0);
  expect(compareAlike(tokens.Order.asc, tokens.T.id)).toBeUndefined();
  expect(compareAlike(new Duration(-1, 5), new Duration(-1, 4))).toBeGreaterThan(0);
  expect(compareAlike(new Binary(Uint8Array.of(255)), new Binary(Uint8Array.of(1)))).toBeLessThan(0);
});

test('sets and maps are equal whatever the order of what is in them; lists are not', () => {
  expect(isEqual(new GSet([1, 2]), new GSet([long(2), 1]))).toBe(true);
  expect(
    isEqual(
      new GMap([
        ['a', 1],
        ['b', 2],
      ]),
      new GMap([
        ['b', 2],
        ['a', double(1)],
      ]),
    ),
  ).toBe(true);
  expect(isEqual([1, 2], [2, 1])).toBe(false);
  expect(isEqual([1, 2], new GSet([1, 2]))).toBe(false);
  expect(isEqual(new BulkSet(new GMap([['a', 2]])), new GSet(['a']))).toBe(false);
});

test('elements are equal by id, whatever their version, and ordered by the id that users know', () => {
  expect(isEqual(node('1'), node('1'))).toBe(true);
  expect(isEqual(node('1'), { ...node('1'), kind: 'edge' } as unknown as GValue)).toBe(false);
  expect(compareAll(node('9'), node('10'), byNumber)).toBeLessThan(0);
  expect(compareAlike(node('9'), node('10'), byNumber)).toBeLessThan(0);
  expect(compareAll(node('9'), node('10'))).toBeGreaterThan(0);
});

test('properties of edges are one when key and value are', () => {
  const of = (id: string) => ({ ...node(id), kind: 'edge' }) as unknown as Property['element'];
  expect(isEqual(new Property('weight', 1, of('1')), new Property('weight', double(1), of('2')))).toBe(true);
  expect(isEqual(new Property('weight', 1, of('1')), new Property('since', 1, of('1')))).toBe(false);
});

const scalar: fc.Arbitrary<GValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.string({ maxLength: 3 }),
  fc.bigInt().map((value) => num('bigint', value)),
  fc.uuid().map((text) => new Uuid(text)),
);
const anything = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.array(scalar, { maxLength: 3 }).map((all) => new GSet(all)),
);

test('the order is one: of any three values none comes before and behind another', () => {
  fc.assert(
    fc.property(anything, anything, anything, (a, b, c) => {
      expect(Math.sign(compareAll(a, b))).toBe(0 - Math.sign(compareAll(b, a)));
      if (compareAll(a, b) <= 0 && compareAll(b, c) <= 0) expect(compareAll(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});

test('what is equal comes at one place', () => {
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      if (isEqual(a, b)) expect(compareAll(a, b)).toBe(0);
    }),
  );
});
