import fc from 'fast-check';
import { compareAll } from '../../../../src/query/gremlin/value/compare.ts';
import type { GValue } from '../../../../src/query/gremlin/value/value.ts';
import { ask, askOne } from '../asked.ts';

test('values of all kinds have one order', async () => {
  const given = "g.inject('b', 2.0d, null, [1], true, 1, NaN, 'a')";
  expect(await ask(`${given}.order()`)).toEqual([null, true, 1, expect.anything(), Number.NaN, 'a', 'b', [1]]);
  expect(await ask(`${given}.order().by(desc).limit(3)`)).toEqual([[1], 'b', 'a']);
});

test('several keys, each up or down', async () => {
  expect(await ask("g.V().order().by(T.label, desc).by('name').values('name')")).toEqual([
    'lop',
    'ripple',
    'josh',
    'marko',
    'peter',
    'vadas',
  ]);
  expect(await ask("g.V().order().by(T.label).by('name', desc).limit(2).values('name')")).toEqual(['vadas', 'peter']);
});

test('what has no such property is not among the sorted', async () => {
  expect(await ask("g.V().order().by('age').values('name')")).toEqual(['vadas', 'marko', 'josh', 'peter']);
  expect(await ask("g.V().order().by('age', desc).limit(9).values('name')")).toEqual([
    'peter',
    'josh',
    'marko',
    'vadas',
  ]);
});

test('a traversal says what is compared, also one that takes its time', async () => {
  expect(await ask("g.V().order().by(__.outE().count(), desc).by('name').values('name')")).toEqual([
    'marko',
    'josh',
    'peter',
    'lop',
    'ripple',
    'vadas',
  ]);
  expect(await ask("g.V().order().by(__.out().out().count(), desc).limit(1).values('name')")).toEqual(['marko']);
});

test('equals stay in the order they came', async () => {
  expect(await ask("g.V().order().by(T.label).values('name')")).toEqual([
    'marko',
    'vadas',
    'josh',
    'peter',
    'lop',
    'ripple',
  ]);
});

test('with local, lists and sets become lists in order, maps maps', async () => {
  expect(await ask('g.inject([3, 1, 2]).order(local)')).toEqual([[1, 2, 3]]);
  expect(await ask('g.inject({3, 1, 2}).order(local).by(desc)')).toEqual([[3, 2, 1]]);
  const keys = async (text: string) => [...((await askOne(text)) as unknown as { keys(): Iterable<GValue> }).keys()];
  expect(await keys('g.inject([b: 1, a: 2, c: 0]).order(local)')).toEqual(['a', 'b', 'c']);
  expect(await keys('g.inject([b: 1, a: 2, c: 0]).order(local).by(values, desc)')).toEqual(['a', 'b', 'c']);
  expect(await keys('g.inject([b: 1, a: 2, c: 0]).order(local).by(keys, desc)')).toEqual(['c', 'b', 'a']);
  expect(await ask("g.V().fold().order(local).by('age', desc).unfold().values('name')")).toEqual([
    'peter',
    'josh',
    'marko',
    'vadas',
  ]);
  expect(await ask("g.inject('ba').order(local)")).toEqual(['ba']);
  expect(await ask('g.V(3).in().path().by(T.id).order(local).limit(local, 1)')).toEqual([[3], [3], [3]]);
});

test('shuffle leaves none out', async () => {
  const dice = [0.9, 0.1, 0.5, 0.3, 0.7, 0.2];
  const context = { random: () => dice.pop() ?? 0 };
  expect(await ask("g.V().order().by(shuffle).values('name')", 'modern', { context })).toEqual([
    'ripple',
    'marko',
    'lop',
    'josh',
    'vadas',
    'peter',
  ]);
});

test('so many of an order are its first, whatever they are', async () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.string({ maxLength: 1 }), fc.constant(null));
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 20 }), fc.nat(8), async (list, count) => {
      const found = await ask(`g.inject(x).unfold().order().limit(${count})`, 'modern', { bindings: { x: list } });
      expect(found).toEqual([...list].sort((a, b) => compareAll(a, b)).slice(0, count));
    }),
    { numRuns: 50 },
  );
});

test('within a repeat each round is an order of its own', async () => {
  expect(await ask("g.V().repeat(__.out().order().by('name', desc)).times(2).values('name')")).toEqual([
    'ripple',
    'lop',
  ]);
});

test('words among the keys of a map sort by their names', async () => {
  const map = (await askOne('g.V(1).elementMap().order(local).by(keys, desc)')) as unknown as {
    keys(): Iterable<unknown>;
  };
  expect([...map.keys()].map((key) => (typeof key === 'string' ? key : (key as { name: string }).name))).toEqual([
    'name',
    'label',
    'id',
    'age',
  ]);
});

test('for the first few of an order no more than these are held', async () => {
  const context = { limits: { memoryBytes: 500 } };
  expect(await ask("g.V().order().by('name').limit(2).values('name')", 'modern', { context })).toEqual(['josh', 'lop']);
  expect(await ask("g.V().order().by('name').range(1, 2).values('name')", 'modern', { context })).toEqual(['lop']);
  await expect(ask("g.V().order().by('name')", 'modern', { context })).rejects.toThrow('memoryBytes');
});
