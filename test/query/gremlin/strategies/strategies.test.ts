import { GMap } from '../../../../src/query/gremlin/value/collections.ts';
import { ask } from '../asked.ts';
import { shown } from '../shown.ts';
import { empty, modern, type Toy } from '../toys.ts';

const NAMED = "vertices: has('name', within('josh', 'lop', 'ripple'))";

test('a subgraph is seen only through what its criteria let pass', async () => {
  const g = `g.withStrategies(new SubgraphStrategy(${NAMED}))`;
  expect(await shown(`${g}.V().values('name')`)).toEqual(['lop', 'josh', 'ripple']);
  expect(await shown(`${g}.E()`)).toEqual(['e[10][4-created->5]', 'e[11][4-created->3]']);
  expect(await shown(`${g}.V(4).both().values('name')`)).toEqual(['ripple', 'lop']);
  expect(await shown(`${g}.V(4).to(OUT, 'created').count()`)).toEqual(['2l']);
  expect(await shown(`${g}.V(4).inE()`)).toEqual([]);
  expect(await shown(`${g}.V().where(__.in().hasId(1))`)).toEqual([]);
});

test('ends of edges are looked at unless that is switched off', async () => {
  const edges = "edges: has('weight', gt(0.3))";
  const of = (check: boolean) =>
    `g.withStrategies(new SubgraphStrategy(checkAdjacentVertices: ${check}, ${NAMED}, ${edges})).V().bothE().dedup().id()`;
  expect(await shown(of(true))).toEqual(['11i', '10i']);
  expect(await shown(of(false))).toEqual(['9i', '11i', '10i', '8i']);
});

test('what criteria ask is not asked of the criteria themselves', async () => {
  const g = "g.withStrategies(new SubgraphStrategy(vertices: __.in('knows').has('name', 'marko')))";
  expect(await shown(`${g}.V().values('name')`)).toEqual(['vadas', 'josh']);
});

test('names after a step stay with what is let through', async () => {
  const g = `g.withStrategies(new SubgraphStrategy(${NAMED}))`;
  expect(await shown(`${g}.V().as('a').out().as('b').select('a', 'b').by('name')`)).toEqual([
    '{a=josh, b=ripple}',
    '{a=josh, b=lop}',
  ]);
});

test('properties of vertices have a criterion of their own', async () => {
  const g = "g.withStrategies(new SubgraphStrategy(vertexProperties: has('startTime', gt(2005))))";
  expect(await shown(`${g}.V().values('location')`, 'crew')).toEqual([
    'purcellville',
    'baltimore',
    'oakland',
    'seattle',
    'aachen',
  ]);
  expect(await shown(`${g}.V().group().by(label).by('location')`, 'crew')).toEqual([
    '{person=[purcellville, baltimore, oakland, seattle, aachen], software=[]}',
  ]);
  expect(await shown(`${g}.E().properties('since').count()`, 'crew')).toEqual(['5l']);
  expect(await shown(`${g}.V(1, 11).valueMap('location')`, 'crew')).toEqual(['{}', '{}']);
  expect(await shown(`${g}.V(7).valueMap()`, 'crew')).toEqual(['{location=[purcellville]}']);
  expect(await shown(`${g}.E().hasLabel('uses').valueMap().select('skill').sum()`, 'crew')).toEqual(['32i']);
  await expect(ask(`${g}.V().elementMap()`, 'crew')).rejects.toThrow('do not go together');
});

async function partitioned(...texts: string[]): Promise<Toy> {
  const toy = empty();
  for (const text of texts) await ask(text, toy);
  return toy;
}

const partition = (write: string, read: string) =>
  `g.withStrategies(new PartitionStrategy(partitionKey: 'p', writePartition: '${write}', readPartitions: [${read}]))`;

test('a partition is written into, and only those that are named are read', async () => {
  const toy = await partitioned(
    `${partition('a', "'a'")}.addV().property('name', 'alice')`,
    `${partition('b', "'a', 'b'")}.addV().property('name', 'bob').as('b').V().has('name', 'alice').addE('knows').to('b')`,
  );
  expect(await ask("g.V().values('p')", toy)).toEqual(['a', 'b']);
  expect(await ask(`${partition('a', "'a'")}.V().values('name')`, toy)).toEqual(['alice']);
  expect(await ask(`${partition('a', "'a'")}.V().out().values('name')`, toy)).toEqual([]);
  expect(await ask(`${partition('a', "'a', 'b'")}.V().out().values('name')`, toy)).toEqual(['bob']);
  expect(await ask(`${partition('a', "'b'")}.E().values('p')`, toy)).toEqual(['b']);
});

test('what is merged is looked for in the partition that is written to', async () => {
  const toy = await partitioned("g.addV().property('name', 'alice').property('p', 'b')");
  await ask(`${partition('a', "'a'")}.mergeV([name: 'alice']).option(onCreate, [age: 35])`, toy);
  await ask(`${partition('a', "'a'")}.inject([name: 'alice']).mergeV().option(onMatch, [age: 36])`, toy);
  expect(await ask("g.V().has('p', 'a').values('age')", toy)).toEqual([36]);
  expect(await ask('g.V()', toy)).toHaveLength(2);
});

test('with properties of properties each value says itself where it belongs', async () => {
  const both = (write: string, read: string) => partition(write, read).replace('))', ', includeMetaProperties: true))');
  const toy = await partitioned(
    `${both('a', "'a'")}.addV().property('name', 'alice')`,
    `${both('b', "'a'")}.V().property(list, 'name', 'bob')`,
  );
  expect(await ask(`${both('a', "'a'")}.V().values('name')`, toy)).toEqual(['alice']);
  expect(await ask(`${both('a', "'a', 'b'")}.V().properties().value()`, toy)).toEqual(['alice', 'bob']);
  expect(await ask(`${both('a', "'a'")}.V().valueMap()`, toy)).toEqual([new GMap([['name', ['alice']]])]);
  // The property that says where a vertex belongs says where it belongs itself.
  expect(await ask("g.V().properties('p').values()", toy)).toEqual(['a']);
});

test('ReadOnlyStrategy refuses what writes, wherever it stands', async () => {
  const message = 'The provided traversal has a mutating step and thus is not read only';
  for (const text of ["addV('x')", 'V().drop()', "V().sideEffect(property('a', 1))", 'mergeV([:])'])
    await expect(ask(`g.withStrategies(ReadOnlyStrategy).${text}`, modern())).rejects.toThrow(message);
  expect(await ask('g.withStrategies(ReadOnlyStrategy).V()')).toHaveLength(6);
});

test('steps without an edge label and reserved keys are refused when that is asked for', async () => {
  const labels = (how: string) => `g.withStrategies(new EdgeLabelVerificationStrategy(${how})).V().out()`;
  await expect(ask(labels('throwException: true'))).rejects.toThrow('a vertex step without any specified edge label');
  expect(await ask(labels('throwException: false, logWarnings: true'))).toHaveLength(6);
  const keys = "g.withStrategies(new ReservedKeysVerificationStrategy(throwException: true, keys: ['id', 'age']))";
  await expect(ask(`${keys}.addV().property('age', 1)`, modern())).rejects.toThrow('to a reserved word: age');
  await expect(ask(`${keys}.V().property(single, 'x', 1, 'id', 2)`, modern())).rejects.toThrow('reserved word: id');
  expect(await ask(`${keys}.addV().property('x', 1)`, modern())).toHaveLength(1);
});

test('with a seed the dice fall the same each time', async () => {
  const text = (seed: number) => `g.withStrategies(new SeedStrategy(seed: ${seed})).V().order().by(shuffle).id()`;
  expect(await ask(text(99))).toEqual(await ask(text(99)));
  const orders = new Set<string>();
  for (let seed = 0; seed < 20; seed++) orders.add(String(await ask(text(seed))));
  expect(orders.size).toBeGreaterThan(10);
});

test('with ProductiveByStrategy what is not there is null', async () => {
  const g = 'g.withStrategies(ProductiveByStrategy)';
  expect(await shown(`${g}.V().groupCount().by('age')`)).toEqual(['{29=1, 27=1, null=2, 32=1, 35=1}']);
  expect(await shown(`${g}.V().aggregate('x').by(out().order().by('name')).cap('x')`)).toEqual([
    '{v[4]=1, null=3, v[3]=2}',
  ]);
  expect(await shown(`${g}.V().group().by(label).by(out().count())`)).toEqual(['{person=6, software=0}']);
  expect(await shown(`${g}.V().hasLabel('software').group().by('name').by('age')`)).toEqual(['{lop=[], ripple=[]}']);
  const keyed = "g.withStrategies(new ProductiveByStrategy(productiveKeys: ['lang']))";
  expect(await shown(`${keyed}.V().groupCount().by('age')`)).toEqual(['{29=1, 27=1, null=2, 32=1, 35=1}']);
  expect(await shown(`${keyed}.V().groupCount().by('lang')`)).toEqual(['{java=2}']);
  expect(await shown(`${keyed}.V().groupCount().by(values('lang'))`)).toEqual(['{java=2}']);
});

test('ids may be kept in a property', async () => {
  const g = "g.withStrategies(new ElementIdStrategy(idPropertyKey: 'key'))";
  const toy = await partitioned(`${g}.addV().property(id, 'x').property('a', 1)`);
  expect(await ask("g.V().values('key')", toy)).toEqual(['x']);
  expect(await ask(`${g}.V('x').id()`, toy)).toEqual(['x']);
  expect(await ask(`${g}.V().hasId('y')`, toy)).toEqual([]);
});

test('strategies that only make it quicker elsewhere change nothing, with and without', async () => {
  expect(await ask('g.withStrategies(CountStrategy, LazyBarrierStrategy).V()')).toHaveLength(6);
  expect(await ask('g.withoutStrategies(PathRetractionStrategy, CountStrategy).V()')).toHaveLength(6);
});

test('a name or a setting that nobody knows is told, with what was probably meant', async () => {
  await expect(ask('g.withStrategies(SubgrafStrategy).V()')).rejects.toMatchObject({
    faults: [{ message: 'no strategy named "SubgrafStrategy"', hint: 'did you mean SubgraphStrategy?' }],
  });
  await expect(ask("g.withStrategies(new SubgraphStrategy(vertex: has('x'))).V()")).rejects.toMatchObject({
    faults: [{ message: 'SubgraphStrategy has no setting named "vertex"' }],
  });
  await expect(ask('g.withStrategies(new SeedStrategy(seed: "x")).V()')).rejects.toThrow('SeedStrategy takes a number');
  await expect(ask('g.withStrategies(new SeedStrategy(seed: 1e999)).V()')).rejects.toThrow(
    'SeedStrategy takes a number',
  );
});

test('what makes no sense anywhere is refused without being asked to', async () => {
  await expect(ask("g.V().repeat(union(inject('y'), out())).times(2)")).rejects.toThrow(
    'The parent of inject()-step can not be repeat()-step',
  );
  await expect(ask('g.V().profile().count()')).rejects.toThrow('the profile()-Step must be the last step');
});
