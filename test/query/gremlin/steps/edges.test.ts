import { ask } from '../asked.ts';
import { shown } from '../shown.ts';

test('vertices are walked along edges, both ways and by label', async () => {
  expect(await shown("g.V(4).both().values('name')")).toEqual(['ripple', 'lop', 'marko']);
  expect(await shown("g.V(1).out('knows', 'created').values('name')")).toEqual(['lop', 'vadas', 'josh']);
  expect(await shown("g.V(1).to(Direction.OUT, 'knows').values('name')")).toEqual(['vadas', 'josh']);
  expect(await shown('g.V(1).toE(Direction.OUT).count()')).toEqual(['3l']);
  expect(await shown('g.V(1).out(null)')).toEqual([]);
  await expect(ask("g.V(1).values('name').out()")).rejects.toThrow('String cannot be cast to Vertex');
});

test('an edge to itself comes from either side', async () => {
  expect(await shown("g.V().hasLabel('loops').both('self').count()", 'sink')).toEqual(['2l']);
  expect(await shown("g.V().hasLabel('loops').bothE('self').count()", 'sink')).toEqual(['2l']);
  expect(await shown("g.V().hasLabel('loops').outE('self').otherV().count()", 'sink')).toEqual(['1l']);
});

test('an edge has two ends, and another one than where one came from', async () => {
  expect(await shown("g.E(7).bothV().values('name')")).toEqual(['marko', 'vadas']);
  expect(await shown("g.E(7).toV(Direction.IN).values('name')")).toEqual(['vadas']);
  expect(await shown("g.V(4).bothE().otherV().values('name')")).toEqual(['ripple', 'lop', 'marko']);
  expect(await shown("g.V(4).bothE('knows').as('e').otherV().values('name')")).toEqual(['marko']);
  await expect(ask('g.E(7).otherV()')).rejects.toThrow('does not contain a previous vertex');
  await expect(ask('g.V(1).inV()')).rejects.toThrow('Vertex cannot be cast to Edge');
});
