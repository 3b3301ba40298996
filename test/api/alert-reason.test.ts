/** What a condition found, as a reason to fire: when there is one, what makes it another, and how large it may be. */
import { reasonOf, reasonOfValue } from '../../src/api/alert-reason.ts';
import { readGraph } from '../../src/graph/text.ts';
import { engine, stillContext, timelineOf } from '../query/ask.ts';

async function prepareAndRun(query: string, graph: readonly string[]) {
  return engine.run(engine.prepare(query), stillContext(timelineOf(readGraph(graph.join('\n')))));
}

test.each([undefined, null, false, 0, '', [], {}])('%j is no reason', (value) => {
  expect(reasonOfValue(value)).toBeUndefined();
});

test.each([true, 1, -1, 'a', [0], { a: 0 }])('%j is one, and the same as long as it is', (value) => {
  const found = reasonOfValue(value);
  expect(found).toEqual({ key: JSON.stringify(value), text: JSON.stringify(value), data: value });
});

test('a value that is too large is cut for people, and not sent along', () => {
  const found = reasonOfValue('x'.repeat(100_000));
  expect(found?.data).toBeNull();
  // It is kept as long as it lasts, and still tells what is another.
  expect(found?.key.length).toBeLessThan(100);
  expect(found?.key).not.toBe(reasonOfValue(`${'x'.repeat(99_999)}y`)?.key);
  expect(found?.text).toMatch(/^"x{198}…$/);
});

test('nodes and edges are told apart by their ids: what is said of them is no news', async () => {
  const found = async (query: string, ...lines: string[]) => reasonOf(await prepareAndRun(query, lines));
  expect(await found("G.V().Has('Type', 'lamp')", 'host:a')).toBeUndefined();
  const before = await found('G.V()', 'host:a', 'host:b');
  const after = await found('G.V()', 'host:b', 'host:a');
  expect(before?.key).toBe(after?.key);
  expect(before).toMatchObject({
    text: '2 nodes: a, b',
    data: [{ Metadata: { Name: 'a' } }, { Metadata: { Name: 'b' } }],
  });
  expect(await found('G.V().Count()', 'host:a', 'host:b')).toEqual({ key: '2', text: '2', data: 2 });
  expect(await found("G.V().Has('Type', 'lamp').Count()", 'host:a')).toBeUndefined();
  expect(await found("G.V().Values('Name')", 'host:a', 'host:b')).toMatchObject({
    text: '2 values: "a", "b"',
    data: ['a', 'b'],
  });
});

test('paths are told apart by the nodes on them, and called by their names', async () => {
  const lines = ['host:a', 'veth:b', 'a -layer2-> b'];
  const query = "G.V().Has('Name', 'a').ShortestPathTo(Metadata('Name', 'b'))";
  const found = reasonOf(await prepareAndRun(query, lines));
  expect(found?.text).toBe('1 path: a - b');
  expect(found?.data).toMatchObject([[{ Metadata: { Name: 'a' } }, { Metadata: { Name: 'b' } }]]);
  expect(found?.key).not.toContain('Metadata');
});

test('of many the first hundred are sent, and how many there are', async () => {
  const lines = Array.from({ length: 250 }, (_, at) => `host:n${String(at).padStart(3, '0')}`);
  const found = reasonOf(await prepareAndRun('G.V()', lines));
  expect(found?.count).toBe(250);
  expect(found?.data).toHaveLength(100);
  expect(found?.text).toMatch(/^250 nodes: .* and 245 more$/);
  expect(found?.key.length).toBeLessThan(100);
  expect(found?.key).not.toBe(reasonOf(await prepareAndRun('G.V()', lines.slice(1)))?.key);
});
