import { classic, crew, grateful, modern, sink } from '../query/gremlin/toys.ts';

test.each([
  ['modern', modern, 6, 6],
  ['classic', classic, 6, 6],
  ['crew', crew, 6, 14],
  ['sink', sink, 3, 3],
  ['grateful', grateful, 808, 8049],
] as const)('the %s graph has as many vertices and edges as its file', (_, toy, vertices, edges) => {
  const view = toy().timeline.now();
  expect([view.nodeCount, view.edgeCount]).toEqual([vertices, edges]);
});

test('a vertex has the properties of the file, with their types, ids and properties', () => {
  const { model, timeline } = crew();
  const view = timeline.now();
  const marko = model.node(1, view);
  if (marko === undefined) throw new Error('no marko');
  expect([model.id(marko), model.label(marko), [...model.keys(marko, view)]]).toEqual([
    1,
    'person',
    ['name', 'location'],
  ]);
  const places = model
    .vertexProperties(marko, 'location', view)
    .map(({ id, value, meta }) => [id, value, meta?.get('startTime')]);
  expect(places).toEqual([
    [{ type: 'long', value: 6 }, 'san diego', 1997],
    [{ type: 'long', value: 7 }, 'santa cruz', 2001],
    [{ type: 'long', value: 8 }, 'brussels', 2004],
    [{ type: 'long', value: 9 }, 'santa fe', 2005],
  ]);
});
