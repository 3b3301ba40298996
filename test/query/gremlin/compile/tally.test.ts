import { ask, askOne } from '../asked.ts';

const count = async (text: string) => ((await askOne(text)) as { value: number }).value;

test('what is only counted is counted right, with filters and without', async () => {
  expect(await count('g.V().count()')).toBe(6);
  expect(await count('g.E().count()')).toBe(6);
  expect(await count("g.V().has('age').count()")).toBe(4);
  expect(await count("g.V().has('age', gt(30)).hasLabel('person').count()")).toBe(2);
  expect(await count('g.V().out().count()')).toBe(6);
  expect(await count("g.V().out('knows').has('age', gt(30)).as('x').count()")).toBe(1);
  expect(await count('g.V(1, 1, 1).barrier().out().count()')).toBe(9);
  expect(await count("g.V().has('name', 'nobody').count()")).toBe(0);
  expect(await count('g.V().out().path().count()')).toBe(6);
});

test('a count within a child is of the traverser alone', async () => {
  expect(await ask('g.V(1, 4, 2).map(__.outE().count())')).toMatchObject([{ value: 3 }, { value: 2 }, { value: 0 }]);
  expect(await ask('g.V(1, 1).barrier().map(__.outE().count())')).toMatchObject([{ value: 3 }, { value: 3 }]);
  expect(await ask("g.V().where(__.out().count().is(0)).values('name')")).toEqual(['vadas', 'lop', 'ripple']);
});
