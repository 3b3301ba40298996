import { long } from '../../../../src/query/gremlin/value/num.ts';
import { ask } from '../asked.ts';

const names = async (text: string) => (await ask(text)) as string[];

test('repeat goes round so many times', async () => {
  expect(await ask("g.V(1).repeat(out()).times(2).values('name')")).toEqual(['ripple', 'lop']);
});

test('what stands before repeat is asked before each round, what stands behind it after each', async () => {
  expect(await ask("g.V(1).times(0).repeat(out('created')).values('name')")).toEqual(['marko']);
  expect(await ask("g.V(1).repeat(out('created')).times(0).values('name')")).toEqual(['lop']);
  expect(await ask("g.V(1).until(has('name', 'marko')).repeat(out()).values('name')")).toEqual(['marko']);
  expect(await ask("g.V(4).emit().repeat(out()).times(2).values('name')")).toEqual(['josh', 'ripple', 'lop']);
  expect(await ask("g.V(4).repeat(out()).times(2).emit().values('name')")).toEqual(['ripple', 'lop']);
});

test('with emit, what is there after each round comes out, nearest first', async () => {
  expect(await ask("g.V(1).repeat(out()).emit().values('name')")).toEqual(['lop', 'vadas', 'josh', 'ripple', 'lop']);
  expect(await ask("g.V(1).repeat(out()).emit(has('lang')).values('name')")).toEqual(['lop', 'ripple', 'lop']);
});

test('all rounds go through one pipe: dedup knows of the rounds before', async () => {
  expect(await ask('g.V(1).repeat(both().dedup()).times(2).count()')).toEqual([long(3)]);
});

test('a repeat within a repeat counts its own rounds; names tell them apart', async () => {
  const text = "g.V(1).repeat('a', out('knows').repeat('b', out('created').filter(loops('a').is(0))).emit()).emit()";
  expect((await names(`${text}.values('name')`)).sort()).toEqual(['lop', 'ripple']);
  expect(await ask("g.V(1).repeat(repeat(out()).times(1)).times(2).values('name')")).toEqual(['ripple', 'lop']);
});

test('those that are alike count as one', async () => {
  expect(await ask('g.V().repeat(both()).times(20).count()')).toEqual([long(await powers(20))]);
});

test('a repeat of a count, two conditions of a kind, and rounds of no repeat are refused', async () => {
  await expect(ask('g.V().repeat(out().count())')).rejects.toThrow(/reducing\/supplying barrier/);
  await expect(ask('g.V().repeat(out()).until(out()).times(2)')).rejects.toThrow(/already has its until/);
  await expect(ask('g.V().repeat(inject(1)).times(2)')).rejects.toThrow(/inject/);
  await expect(ask('g.V().times(2).out()')).rejects.toThrow(/repeat/);
});

/** How many ways of so many steps the toy graph has, counted vertex by vertex. */
async function powers(steps: number): Promise<number> {
  const neighbours = new Map<unknown, unknown[]>();
  for (const id of await ask('g.V().id()')) neighbours.set(id, await ask(`g.V(${id}).both().id()`));
  let counts = new Map([...neighbours.keys()].map((id) => [id, 1]));
  for (let step = 0; step < steps; step++)
    counts = new Map(
      [...neighbours].map(([id, others]) => [
        id,
        others.reduce<number>((sum, other) => sum + (counts.get(other) ?? 0), 0),
      ]),
    );
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

test('what is made of nothing in a round goes round like the rest', async () => {
  expect(await ask('g.V(1).repeat(local(is(7).count())).times(2)')).toEqual([long(0)]);
  expect(await ask('g.V(1).repeat(local(is(7).fold())).times(2).count(local)')).toEqual([long(0)]);
  expect(await ask('g.V(1).repeat(local(is(7).groupCount().by(out().count()))).times(2).count(local)')).toEqual([
    long(0),
  ]);
});
