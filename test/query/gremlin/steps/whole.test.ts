import { double } from '../../../../src/query/gremlin/value/num.ts';
import type { Path } from '../../../../src/query/gremlin/value/value.ts';
import { ask } from '../asked.ts';

const ways = async (text: string) =>
  (await ask(`${text}.map(unfold().values('name').fold())`)).map((names) => (names as string[]).join(' ')).sort();

test('pageRank ranks vertices by those who lead to them', async () => {
  expect(
    await ask("g.V().pageRank().order().by('gremlin.pageRankVertexProgram.pageRank', desc).by('name').values('name')"),
  ).toEqual(['lop', 'ripple', 'josh', 'vadas', 'marko', 'peter']);
  expect(
    await ask(
      "g.V().pageRank().with(PageRank.propertyName, 'rank').has('name', 'marko').out('knows').values('rank').math('ceil(_ * 100)')",
    ),
  ).toEqual([double(15), double(15)]);
  const [sum] = await ask(
    "g.V().pageRank().with(PageRank.propertyName, 'rank').values('rank').sum().math('floor(_ * 1000 + 0.5)')",
  );
  expect(sum).toEqual(double(1000));
});

test('peerPressure gives each a cluster', async () => {
  expect(await ask("g.V().peerPressure().has('gremlin.peerPressureVertexProgram.cluster').count().is(6)")).toHaveLength(
    1,
  );
});

test('connectedComponent names each part of the graph by its first id', async () => {
  expect(await ask("g.V().hasLabel('software').connectedComponent().values(ConnectedComponent.component)")).toEqual([
    '1',
    '1',
  ]);
  expect(
    await ask(
      "g.V().hasLabel('person').connectedComponent().with(ConnectedComponent.edges, __.bothE('knows')).with(ConnectedComponent.propertyName, 'part').values('part')",
    ),
  ).toEqual(['1', '1', '1', '6']);
});

test('what was computed is a property like others, and the graph stays as it is', async () => {
  expect(
    await ask(
      "g.V(1).connectedComponent().with(ConnectedComponent.propertyName, 'part').valueMap('name', 'part').select(keys).unfold()",
    ),
  ).toEqual(['name', 'part']);
  expect(await ask("g.V().has('gremlin.connectedComponentVertexProgram.component')")).toEqual([]);
});

test('shortestPath finds every shortest way', async () => {
  expect(await ask('g.V().shortestPath()')).toHaveLength(36);
  expect(
    await ways("g.V().has('name', 'marko').shortestPath().with(ShortestPath.target, __.hasLabel('software'))"),
  ).toEqual(['marko josh ripple', 'marko lop']);
  expect(await ways("g.V().has('name', 'marko').shortestPath().with(ShortestPath.maxDistance, 1)")).toEqual([
    'marko',
    'marko josh',
    'marko lop',
    'marko vadas',
  ]);
  expect(
    await ways(
      "g.V().shortestPath().with(ShortestPath.edges, Direction.IN).with(ShortestPath.target, __.has('name', 'marko'))",
    ),
  ).toEqual(['josh marko', 'lop marko', 'marko', 'ripple josh marko', 'vadas marko']);
  expect(
    await ways(
      "g.V(1).shortestPath().with(ShortestPath.edges, __.outE()).with(ShortestPath.distance, 'weight').with(ShortestPath.target, __.has('name', 'lop'))",
    ),
  ).toEqual(['marko lop']);
  const [path] = await ask(
    "g.V(3).shortestPath().with(ShortestPath.target, __.has('name', 'vadas')).with(ShortestPath.includeEdges)",
  );
  expect((path as Path).objects).toHaveLength(5);
});

test('several ways that are as short are all told', async () => {
  expect(await ways("g.V(2).shortestPath().with(ShortestPath.target, __.has('name', 'lop'))")).toEqual([
    'vadas marko lop',
  ]);
  expect(
    await ask(
      "g.V(1).shortestPath().with(ShortestPath.distance, __.constant(0)).with(ShortestPath.target, __.has('name', 'ripple'))",
    ),
  ).not.toHaveLength(0);
});

test('settings that make no sense are refused', async () => {
  await expect(ask("g.V().pageRank().with('times', 5)")).rejects.toThrow(/~tinkerpop.pageRank.times/);
  await expect(ask("g.V().pageRank().with(PageRank.times, 'often')")).rejects.toThrow(/number/);
  await expect(ask('g.V().outE().shortestPath()')).rejects.toThrow(/vertices/);
});
