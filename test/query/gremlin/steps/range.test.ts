import { GMap, GSet } from '../../../../src/query/gremlin/value/collections.ts';
import { ask, askOne } from '../asked.ts';

const letters = "g.inject('a', 'b', 'c', 'd')";

test('limit, skip, range and tail count what comes', async () => {
  expect(await ask(`${letters}.limit(2)`)).toEqual(['a', 'b']);
  expect(await ask(`${letters}.limit(0)`)).toEqual([]);
  expect(await ask(`${letters}.limit(-1)`)).toEqual(['a', 'b', 'c', 'd']);
  expect(await ask(`${letters}.skip(3)`)).toEqual(['d']);
  expect(await ask(`${letters}.range(1, 3)`)).toEqual(['b', 'c']);
  expect(await ask(`${letters}.range(2, -1)`)).toEqual(['c', 'd']);
  expect(await ask(`${letters}.tail()`)).toEqual(['d']);
  expect(await ask(`${letters}.tail(3)`)).toEqual(['b', 'c', 'd']);
  expect(await ask(`${letters}.tail(9)`)).toEqual(['a', 'b', 'c', 'd']);
  expect(await ask(`${letters}.tail(0)`)).toEqual([]);
  expect(await ask(`${letters}.limit(2L)`)).toEqual(['a', 'b']);
});

test('one that stands for several counts as several', async () => {
  const four = "g.V(1, 1, 1, 2).barrier().values('name')";
  expect(await ask(`${four}.limit(2)`)).toEqual(['marko', 'marko']);
  expect(await ask(`${four}.range(2, 4)`)).toEqual(['marko', 'vadas']);
  expect(await ask(`${four}.tail(2)`)).toEqual(['marko', 'vadas']);
  expect(await ask("g.V(2, 1, 1, 1).barrier().values('name').tail(2)")).toEqual(['marko', 'marko']);
});

test('a range that ends before it begins is a mistake', async () => {
  await expect(ask('g.V().range(3, 2)')).rejects.toThrow('Not a legal range: [3, 2]');
  await expect(ask('g.V().limit(-2)')).rejects.toThrow('Not a legal range: [0, -2]');
  await expect(ask("g.V().limit('2')")).rejects.toThrow('limit takes a whole number');
  await expect(ask('g.V().limit(1.5)')).rejects.toThrow('limit takes a whole number');
});

test('with local it is of what a collection holds, in its kind', async () => {
  expect(await ask('g.inject([1, 2, 3]).limit(local, 2)')).toEqual([[1, 2]]);
  expect(await ask('g.inject([1, 2, 3]).range(local, 1, 3)')).toEqual([[2, 3]]);
  expect(await ask('g.inject([1, 2, 3]).skip(local, 2)')).toEqual([[3]]);
  expect(await ask('g.inject([1, 2, 3]).tail(local)')).toEqual([[3]]);
  expect(await ask('g.inject([1, 2, 3]).tail(local, 5)')).toEqual([[1, 2, 3]]);
  expect(await ask('g.inject([1, 2, 3]).range(local, 6, 7)')).toEqual([[]]);
  expect(await askOne('g.inject({1, 2, 3}).limit(local, 2)')).toEqual(new GSet([1, 2]));
  expect(await askOne('g.inject([a: 1, b: 2]).tail(local, 1)')).toEqual(new GMap([['b', 2]]));
  expect(await ask('g.V(1).out().path().by(T.id).limit(local, 1).dedup()')).toEqual([[1]]);
  expect(await ask('g.inject(5).range(local, 20, 30)')).toEqual([5]);
  expect(await ask("g.inject('word').limit(local, 2)")).toEqual(['word']);
});

test('within a repeat each round is counted alone', async () => {
  expect(await ask("g.V(5).repeat(__.limit(1).in()).times(2).values('name')")).toEqual(['marko']);
  expect(await ask("g.V(5).repeat(__.range(0, 1).in()).until(__.loops().is(2)).values('name')")).toEqual(['marko']);
  expect(await ask('g.V().repeat(__.out().limit(1)).times(1)')).toHaveLength(1);
});

test('what begins anew for each is limited anew for each', async () => {
  expect(await ask('g.V(1, 4).local(__.outE().limit(1))')).toHaveLength(2);
  expect(await ask('g.V(1, 4).repeat(__.local(__.out().limit(1))).times(1)')).toHaveLength(2);
});

test('no more is asked for than is needed', async () => {
  // Without the limit this would never end.
  expect(await ask('g.V(1).repeat(__.both()).emit().limit(5).count()')).toMatchObject([{ value: 5 }]);
});
