import type { Metadata } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import { AssignedKeys } from '../../src/rules/assigned.ts';
import { Ground } from './ground.ts';

test('keys that are wanted elsewhere are written, and taken back when they are not wanted any more', () => {
  const { graph, keys, metadata } = host();
  keys.assign([{ id: 'a', keys: { Owner: { value: 'web', by: 'rule-1' } } }]);
  expect(metadata('a')).toEqual({ Name: 'a', Owner: 'web', SetBy: { Owner: 'rule-1' } });
  graph.apply([{ kind: 'gone', id: 'a' }], source());
  graph.apply([{ kind: 'node', id: 'a', metadata: { Name: 'a' } }], source());
  expect(metadata('a')).toMatchObject({ Owner: 'web' });
  keys.assign([]);
  expect(metadata('a')).toEqual({ Name: 'a' });
});

test('what an earlier run wrote stays until it is known what is wanted', () => {
  const { graph, keys, metadata, end } = host();
  keys.assign([{ id: 'a', keys: { Owner: { value: 'web', by: 'rule-1' } } }]);
  end();
  const { keys: next } = assignedOf(graph);
  graph.apply([{ kind: 'set', id: 'a', set: { State: 'UP' } }], source());
  expect(metadata('a')).toMatchObject({ Owner: 'web' });
  next.assign([]);
  expect(metadata('a')).toEqual({ Name: 'a', State: 'UP' });
});

test('rules leave nodes of others to who made them, and say what they want there', async () => {
  const others: unknown[] = [];
  await using ground = new Ground({
    rules: { isOurs: ({ origin }) => origin !== 'agent.h', assign: (wanted) => others.push([...wanted]) },
  });
  ground.veth('a');
  ground.rules.createNodeRule({ Action: 'update', Query: "G.V().Has('Name', 'a')", Metadata: { Owner: 'web' } });
  await ground.rules.settled();
  expect(others.at(-1)).toEqual([['agent.h', [{ id: 'a', keys: { Owner: { value: 'web', by: 'rule-a1' } } }]]]);
  expect([...ground.graph.now().nodes('a')][0]?.metadata).not.toHaveProperty('Owner');
  expect(ground.rules.state('rule-a1').active).toBe(1);
  await ground.rules.delete('node', 'rule-a1');
  expect(others.at(-1)).toEqual([]);
});

function source(origin = 'agent.h') {
  return { host: 'h', origin, time: Date.now() };
}

function assignedOf(graph: Graph) {
  const origin = 'rules.h';
  const keys = new AssignedKeys({
    view: () => graph.now(),
    apply: (changes) => graph.apply(changes, source(origin)),
    origin,
  });
  const end = graph.subscribe((commit) => keys.saw(commit));
  return { keys, end };
}

function host() {
  const graph = new Graph({ indexed: ['Name'] });
  graph.apply([{ kind: 'node', id: 'a', metadata: { Name: 'a' } }], source());
  const metadata = (id: string): Metadata | undefined => [...graph.now().nodes(id)][0]?.metadata;
  return { graph, metadata, ...assignedOf(graph) };
}
