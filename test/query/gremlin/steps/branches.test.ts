import { long } from '../../../../src/query/gremlin/value/num.ts';
import type { Path } from '../../../../src/query/gremlin/value/value.ts';
import { ask } from '../asked.ts';

test('union walks all ways, at the start as well', async () => {
  expect(await ask("g.V(4).union(in(), out()).values('name')")).toEqual(['marko', 'ripple', 'lop']);
  expect(await ask("g.union(V(2), V(4)).values('name')")).toEqual(['vadas', 'josh']);
  expect(await ask('g.union(inject(1), inject(2))')).toEqual([1, 2]);
  expect(await ask('g.union()')).toEqual([]);
});

test('a way that counts counts all that come, and not at all where nothing comes', async () => {
  expect(await ask('g.V(1, 4).union(out().count(), in().count())')).toEqual([long(5), long(1)]);
  expect(await ask("g.V().hasLabel('none').union(out().count(), identity())")).toEqual([]);
});

test('choose takes one way, or passes where no option fits', async () => {
  expect(await ask("g.V().choose(hasLabel('person'), values('age'), values('lang'))")).toEqual([
    29,
    27,
    'java',
    32,
    'java',
    35,
  ]);
  expect(await ask("g.V(1, 2).choose(has('name', 'vadas'), values('name'))")).toMatchObject([
    { kind: 'node' },
    'vadas',
  ]);
  expect(
    await ask(
      "g.V(1, 2, 3).choose(values('age')).option(between(26, 30), values('name')).option(Pick.none, id()).option(Pick.unproductive, label())",
    ),
  ).toEqual(['marko', 'vadas', 'software']);
});

test('branch takes each way that fits', async () => {
  expect(
    await ask(
      "g.V(1).branch(label()).option('person', values('name')).option('person', values('age')).option(Pick.any, id())",
    ),
  ).toEqual(['marko', 29, 1]);
});

test('coalesce, optional, local, map and flatMap ask each alone', async () => {
  expect(await ask("g.V(1, 3).coalesce(values('age'), values('lang'))")).toEqual([29, 'java']);
  expect(await ask("g.V(1, 2).optional(out('knows')).values('name')")).toEqual(['vadas', 'josh', 'vadas']);
  expect(await ask('g.V(1, 4).local(out().limit(1)).count()')).toEqual([long(2)]);
  expect(await ask('g.V(1, 4).out().limit(1).count()')).toEqual([long(1)]);
  expect(await ask("g.V(1, 4).map(out('created').values('name'))")).toEqual(['lop', 'ripple']);
  expect(await ask('g.V(1, 4).flatMap(out().limit(1)).count()')).toEqual([long(2)]);
});

test('local keeps the way within it, map and flatMap do not', async () => {
  const lengths = async (step: string) =>
    (await ask(`g.V(1).${step}.path()`)).map((path) => (path as Path).objects.length);
  expect(await lengths('local(outE().inV())')).toEqual([3, 3, 3]);
  expect(await lengths('flatMap(outE().inV())')).toEqual([2, 2, 2]);
  expect(await lengths('map(outE().inV())')).toEqual([2]);
  expect(await lengths('optional(outE().inV())')).toEqual([3, 3, 3]);
  expect(await lengths('union(outE().inV())')).toEqual([3, 3, 3]);
  expect(await lengths('coalesce(outE().inV())')).toEqual([2, 2, 2]);
});

test('what stands in a union at the start may be any step', async () => {
  expect(await ask("g.withSideEffect('a', 1).withSideEffect('b', 2).union(select('a'), select('b'))")).toEqual([1, 2]);
});
