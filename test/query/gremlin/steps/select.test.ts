import { long, Num } from '../../../../src/query/gremlin/value/num.ts';
import type { Path } from '../../../../src/query/gremlin/value/value.ts';
import { ask } from '../asked.ts';

const plain = (value: unknown): unknown => {
  if (value instanceof Num) return value.value;
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) {
    const list = [...(value as Iterable<unknown>)].map(plain);
    return 'get' in value ? Object.fromEntries(list as [string, unknown][]) : list;
  }
  return value;
};
const asked = async (text: string) => (await ask(text)).map(plain);

test('one name gives what it names, several give a map', async () => {
  expect(await asked("g.V(1).as('a').out('knows').as('b').select('a').by('name')")).toEqual(['marko', 'marko']);
  expect(await asked("g.V(1).as('a').out('knows').as('b').select('a', 'b').by('name')")).toEqual([
    { a: 'marko', b: 'vadas' },
    { a: 'marko', b: 'josh' },
  ]);
  expect(await asked("g.V(1).as('a').select('nobody')")).toEqual([]);
  expect(await asked("g.V(1).as('a').select('a').by('name').by('age')")).toEqual([29]);
});

test('pop says which place of a name is meant', async () => {
  const text = (pop: string) => `g.V(1).as('a').out('created').as('a').select(${pop}'a')`;
  expect(await asked(`${text('')}.values('name')`)).toEqual(['lop']);
  expect(await asked(`${text('first, ')}.values('name')`)).toEqual(['marko']);
  expect(await asked(`${text('last, ')}.values('name')`)).toEqual(['lop']);
  expect(await asked(`${text('all, ')}.count(local)`)).toEqual([2]);
  expect(await asked(`g.V(1).as('a').select(all, 'a').count(local)`)).toEqual([1]);
  expect(await asked(`g.V(1).as('a').select(mixed, 'a').values('name')`)).toEqual(['marko']);
});

test('a map is asked before what was put aside, and that before the way', async () => {
  expect(await asked("g.withSideEffect('a', 1).inject(2).as('a').select('a')")).toEqual([1]);
  expect(await asked("g.V(1).as('a').out().as('b').select('a', 'b').by('name').select('a')")).toEqual([
    'marko',
    'marko',
    'marko',
  ]);
});

test('keys and values of maps and paths', async () => {
  expect(await asked("g.V(1).as('a').as('b').select('a', 'b').by('name').select(keys)")).toEqual([['a', 'b']]);
  expect(await asked("g.V(1).as('a').as('b').select('a', 'b').by('name').select(values)")).toEqual([
    ['marko', 'marko'],
  ]);
});

test('a path is read place by place, or a part of it', async () => {
  const objects = async (text: string) => (await ask(text)).map((path) => (path as Path).objects);
  expect(await objects("g.V(1).out('knows').path().by('name').by('age')")).toEqual([
    ['marko', 27],
    ['marko', 32],
  ]);
  expect(await objects("g.V(1).as('a').out('knows').as('b').out().path().from('b').by('name')")).toEqual([
    ['josh', 'ripple'],
    ['josh', 'lop'],
  ]);
  expect(await objects("g.V(1).as('a').out('knows').as('b').path().to('a').by('name')")).toEqual([
    ['marko'],
    ['marko'],
  ]);
  expect(await objects("g.V(1, 3).path().by('age')")).toEqual([[29]]);
  await expect(ask("g.V(1).path().from('x')")).rejects.toThrow(/from/);
});

test('a barrier lets those that are alike count as one', async () => {
  expect(await asked('g.withBulk(false).V().out().barrier().count()')).toEqual([4]);
  // Sacks that nothing joins stay apart.
  expect(await asked('g.withSack(1).withBulk(false).V().out().barrier().count()')).toEqual([6]);
  expect(await ask('g.V().out().barrier().count()')).toEqual([long(6)]);
  expect(await asked('g.withBulk(false).withSack(1, sum).V().out().barrier().sack()')).toEqual([3, 1, 1, 1]);
});

test('a tree puts ways together where they begin alike', async () => {
  expect(await asked("g.V().out().tree('t').by('name').cap('t').count(local)")).toEqual([3]);
});
