import { GSet } from '../../../../src/query/gremlin/value/collections.ts';
import { ask, askOne } from '../asked.ts';

const names = async (text: string) => ((await ask(`${text}.values('name')`)) as string[]).sort();

test('each value comes once, and counts once', async () => {
  expect(await names('g.V().both().both().dedup()')).toEqual(['josh', 'lop', 'marko', 'peter', 'ripple', 'vadas']);
  expect(await askOne('g.V(1, 1, 1).barrier().dedup().count()')).toMatchObject({ value: 1 });
  expect(await ask("g.inject(1, 1L, 1.0, 'a', 'a', null, null).dedup()")).toHaveLength(5);
});

test('values are told apart by what by reads of them; without it they are left out', async () => {
  expect(await ask("g.V().dedup().by(T.label).values('name')")).toEqual(['marko', 'lop']);
  expect(await ask("g.V().both().has('lang').dedup().by('lang').values('name')")).toEqual(['lop']);
  expect(await ask("g.V().dedup().by('lang').values('name')")).toEqual(['lop']);
  expect(await ask("g.V().dedup().by(__.outE().count()).values('name')")).toEqual(['marko', 'vadas', 'josh', 'peter']);
  expect(await ask("g.V().dedup().by(__.out().out().count()).values('name')")).toEqual(['marko', 'vadas']);
});

test('names tell apart by what was at their places', async () => {
  const ways = "g.V(1).as('a').both().as('b').both().as('c')";
  expect(await ask(`${ways}.dedup('a', 'b')`)).toHaveLength(3);
  expect(await ask(`${ways}.dedup('a', 'b').by('age')`)).toHaveLength(2);
  expect(await ask(`${ways}.dedup('a', 'b').by(T.label)`)).toHaveLength(2);
});

test('a repeat knows of its rounds before', async () => {
  expect(await askOne('g.V().repeat(__.dedup()).times(2).count()')).toMatchObject({ value: 0 });
});

test('with local a collection becomes a set', async () => {
  expect(await ask('g.inject([1, 2, 1]).dedup(local)')).toEqual([new GSet([1, 2])]);
});

test('properties of edges are one when key and value are', async () => {
  expect(await askOne('g.E().properties().dedup().count()')).toMatchObject({ value: 4 });
  expect(await askOne('g.V().properties().dedup().count()')).toMatchObject({ value: 12 });
});

test('all, any and none ask the members of a collection', async () => {
  const lists = 'g.inject([5, 8], [10, 7], [], {7}, 7, null, [a: 7])';
  expect(await ask(`${lists}.all(gte(7))`)).toEqual([[10, 7], [], new GSet([7])]);
  expect(await ask(`${lists}.any(eq(7))`)).toEqual([[10, 7], new GSet([7])]);
  expect(await ask(`${lists}.none(eq(7))`)).toEqual([[5, 8], []]);
  expect(await ask('g.inject([null, null]).all(eq(null))')).toEqual([[null, null]]);
  await expect(ask('g.inject([5]).any(5)')).rejects.toThrow('any takes a predicate');
});

test('nothing passes discard, nor none without a test', async () => {
  expect(await ask('g.V().discard()')).toEqual([]);
  expect(await ask('g.V().discard().fold()')).toEqual([[]]);
});

test('identity lets all pass', async () => {
  expect(await names('g.V(1).identity()')).toEqual(['marko']);
});
