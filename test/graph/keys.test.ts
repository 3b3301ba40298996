import { Graph } from '../../src/graph/graph.ts';
import { KnownKeys } from '../../src/graph/keys.ts';

test('keys are known from the vocabulary, from what happens, and from what was there before', () => {
  const keys = new KnownKeys(['Name']);
  const graph = new Graph();
  graph.apply([{ kind: 'node', id: 'a', metadata: { Name: 'a', Owner: 'me' } }], { host: 'h', origin: 'o', time: 1 });
  expect(keys.list()).toEqual(['Name']);
  for (const node of graph.now().nodes()) keys.seeOf(node);
  keys.see(graph.apply([{ kind: 'set', id: 'a', set: { Rack: 7 } }], { host: 'h', origin: 'o', time: 2 }));
  expect(keys.list()).toEqual(['Name', 'Owner', 'Rack']);
  expect(keys.list()).toBe(keys.list());
});
