import { ask, askOne } from '../asked.ts';

const names = async (text: string) => ((await ask(`${text}.values('name')`)) as string[]).sort();

test('where with a traversal is a filter', async () => {
  expect(await names("g.V().where(__.values('age').is(gt(30)))")).toEqual(['josh', 'peter']);
  expect(await names("g.V().where(__.out('knows').out('created'))")).toEqual(['marko']);
  expect(await names('g.V().where(__.not(__.out()))')).toEqual(['lop', 'ripple', 'vadas']);
});

test('where compares with what has a name', async () => {
  const coworkers = "g.V(1).as('a').out('created').in('created')";
  expect(await names(`${coworkers}.where(neq('a'))`)).toEqual(['josh', 'peter']);
  expect(await names(`${coworkers}.where(eq('a'))`)).toEqual(['marko']);
  expect(await names(`${coworkers}.as('b').where('a', neq('b'))`)).toEqual(['josh', 'peter']);
  expect(await names(`${coworkers}.where(P.not(eq('a')))`)).toEqual(['josh', 'peter']);
});

test('the last place of a name counts', async () => {
  expect(await names("g.V(1).as('a').out('knows').as('a').in('knows').where(neq('a'))")).toEqual(['marko', 'marko']);
});

test('a name may be of a side-effect, whose members are within it', async () => {
  const text = "g.withSideEffect('a', ['josh', 'peter']).V(1).out('created').in('created').values('name')";
  expect(await ask(`${text}.where(within('a'))`)).toEqual(['josh', 'peter']);
  expect(await ask(`${text}.where(without('a'))`)).toEqual(['marko']);
  expect(await ask(`g.withSideEffect('b', 'marko').${text.slice(2)}.where(within('a', 'b'))`)).toHaveLength(3);
});

test('by reads of start and names in turn', async () => {
  const pairs = "g.V().as('a').out('created').in('created').as('b')";
  expect(await names(`${pairs}.where('a', gt('b')).by('age')`)).toEqual(['josh', 'marko', 'marko']);
  const edges = "g.V().as('a').outE('created').as('b').inV().as('c')";
  expect(await names(`${edges}.where('a', gt('b').or(eq('b'))).by('age').by('weight').by('weight')`)).toEqual([
    'lop',
    'lop',
    'lop',
    'ripple',
  ]);
  expect(await names("g.V().as('a').both().where(gt('a')).by('age')")).toEqual(['josh', 'marko']);
});

test('a traversal starts and ends at names', async () => {
  expect(await names("g.V().as('a').out().in().as('b').where(__.as('a').out('knows').as('b'))")).toEqual(['josh']);
  expect(await names("g.V().as('a').out('created').where(__.as('a').values('name').is('josh'))")).toEqual([
    'lop',
    'ripple',
  ]);
  expect(await names("g.V().as('a').out().in().where(__.in('knows').as('a'))")).toEqual(['josh']);
  expect(await names("g.V().as('a').out().out().as('b').where(__.as('b').in().in().as('a'))")).toEqual([
    'lop',
    'ripple',
  ]);
});

test('names are asked for within and, or and not', async () => {
  const pairs = "g.V().as('a').out('created').as('b')";
  expect(
    await names(`${pairs}.where(__.and(__.as('b').in(), __.not(__.as('a').out('created').has('name', 'ripple'))))`),
  ).toEqual(['lop', 'lop']);
  expect(
    await names(`${pairs}.where(__.or(__.as('a').has('name', 'peter'), __.as('b').has('name', 'ripple')))`),
  ).toEqual(['lop', 'ripple']);
});

test('a name that nobody gave is a mistake', async () => {
  await expect(ask("g.V().where(neq('a'))")).rejects.toThrow('Neither the map, sideEffects, nor path has a a-key');
  await expect(ask('g.V().where(neq(5))')).rejects.toThrow('where compares with what has a name');
});

test('and, or and not of traversals', async () => {
  expect(await names("g.V().and(__.has('age', gt(27)), __.outE().count().is(gte(2)))")).toEqual(['josh', 'marko']);
  expect(await names("g.V().or(__.out('knows'), __.has('lang'))")).toEqual(['lop', 'marko', 'ripple']);
  expect(await names("g.V().not(__.has('name', gt(27)))")).toHaveLength(6);
  expect(await names('g.V().not(__.out().out())')).toHaveLength(5);
  expect(await names('g.V().filter(__.out().out())')).toEqual(['marko']);
  expect(await ask("g.V().values('age').filter(gt(30))")).toEqual([32, 35]);
});

test('and or or between steps joins what stands on its sides', async () => {
  expect(await names("g.V().where(__.out('created').and().out('knows').or().in('knows'))")).toEqual([
    'josh',
    'marko',
    'vadas',
  ]);
  expect(await names("g.V().and(__.outE(), __.has(T.label, 'person').and().has('age', gte(32)))")).toEqual([
    'josh',
    'peter',
  ]);
  // At the top it takes all behind the start into it.
  const whole = "g.V().as('a').out('knows').and().out('created').in('created').as('a').values('name')";
  expect(await ask(whole)).toMatchObject([{ kind: 'node' }]);
});

test('a filter of filters is told to V', async () => {
  expect(await names("g.V().where(__.has('name', 'marko'))")).toEqual(['marko']);
  expect(await names("g.V().and(__.hasLabel('person'), __.has('name', within('marko', 'josh')))")).toEqual([
    'josh',
    'marko',
  ]);
  expect(await names("g.V().or(__.has('name', 'marko'), __.has('name', 'josh'))")).toEqual(['josh', 'marko']);
  expect(await askOne("g.V().not(__.has('name', 'marko')).count()")).toMatchObject({ value: 5 });
});

test('a child that looks at the whole graph lets others have their turn', async () => {
  let nowMs = 0;
  let turns = 0;
  const context = { elapsed: () => (nowMs += 2), turn: async () => void turns++ };
  const text = "g.V().limit(1).where(__.V().has('name', containing('nobody')))";
  expect(await ask(text, 'grateful', { context })).toEqual([]);
  expect(turns).toBeGreaterThanOrEqual(5);
});
