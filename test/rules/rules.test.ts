/** What users say of the network by rules: live, at a past time, over restarts, and what cannot be. */
import { setTimeout as delay } from 'node:timers/promises';
import { Mistake } from '../../src/std/mistake.ts';
import { eventually } from '../eventually.ts';
import { Ground } from './ground.ts';

const veths = "G.V().Has('Type', 'veth')";
const up = "G.V().Has('Type', 'veth', 'State', 'UP')";

async function faults(act: () => unknown): Promise<string[]> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Mistake) return error.faults.map(({ message }) => message);
    throw error;
  }
  throw new Error('it was taken');
}

test('a node rule adds metadata to what its query finds, follows changes, and takes it back', async () => {
  await using ground = new Ground();
  const { rules } = ground;
  ground.veth('a');
  const { UUID } = rules.createNodeRule({ Action: 'update', Query: up, Metadata: { Team: 'web' } });
  await rules.settled();
  expect(ground.node('a')?.metadata).toMatchObject({ Team: 'web', SetBy: { Team: UUID } });
  expect(rules.state(UUID)).toEqual({ active: 1, notes: [] });
  ground.veth('b');
  await eventually(() => expect(ground.node('b')?.metadata.Team).toBe('web'));
  ground.veth('a', { State: 'DOWN' });
  await eventually(() => expect(ground.node('a')?.metadata).not.toHaveProperty('Team'));
  expect(ground.node('a')?.metadata).not.toHaveProperty('SetBy');
  await rules.delete('node', UUID);
  expect(ground.node('b')?.metadata).toEqual({ Name: 'b', Type: 'veth', TID: 'tid-b', MTU: 1500, State: 'UP' });
});

test('a node rule that creates makes one node, which goes with it', async () => {
  await using ground = new Ground();
  const metadata = { Name: 'isp', Type: 'cloud' };
  const { UUID } = ground.rules.createNodeRule({ Action: 'create', Metadata: metadata });
  await ground.rules.settled();
  expect([...ground.graph.now().nodes()].map((node) => node.metadata)).toEqual([expect.objectContaining(metadata)]);
  await ground.rules.delete('node', UUID);
  expect(ground.graph.now().nodeCount).toBe(0);
});

test('an edge rule links every node of Src with every one of Dst, those that come later too', async () => {
  await using ground = new Ground();
  for (const name of ['a1', 'a2', 'b1']) ground.veth(name);
  const { UUID } = await ground.rules.createEdgeRule({
    Src: "G.V().Has('Name', Regex('a.*'))",
    Dst: "G.V().Has('Name', Regex('b.*'))",
    Metadata: { RelationType: 'layer2' },
  });
  await ground.rules.settled();
  expect(ground.edges()).toEqual(['a1>b1', 'a2>b1']);
  ground.veth('b2');
  await eventually(() => expect(ground.edges()).toEqual(['a1>b1', 'a1>b2', 'a2>b1', 'a2>b2']));
  expect(ground.rules.state(UUID).active).toBe(4);
  ground.say({ kind: 'gone', id: 'a1' });
  await eventually(() => expect(ground.edges()).toEqual(['a2>b1', 'a2>b2']));
  await ground.rules.delete('edge', UUID);
  expect(ground.edges()).toEqual([]);
});

test('two nodes that both queries find are linked once, and none with itself', async () => {
  await using ground = new Ground();
  for (const name of ['a', 'b', 'c']) ground.veth(name);
  await ground.rules.createEdgeRule({ Src: veths, Dst: veths, Metadata: { RelationType: 'layer2' } });
  await ground.rules.settled();
  expect(ground.edges()).toEqual(['a>b', 'a>c', 'b>c']);
});

test('an edge rule that finds more than its bound makes none, and says so', async () => {
  await using ground = new Ground({ limits: { edges: 4 } });
  const { rules } = ground;
  for (const name of ['a', 'b']) ground.veth(name);
  const rule = { Src: veths, Dst: veths, Metadata: { RelationType: 'layer2' } };
  const { UUID } = await rules.createEdgeRule(rule);
  await rules.settled();
  expect(ground.edges()).toEqual(['a>b']);
  ground.veth('c');
  const sentence = 'Src finds 3 nodes and Dst 3: these are 9 edges, and one rule makes 4 at most';
  await eventually(() => expect(rules.state(UUID)).toEqual({ active: 0, notes: [sentence] }));
  expect(ground.edges()).toEqual([]);
  await rules.delete('edge', UUID);
  expect(await faults(() => rules.createEdgeRule(rule))).toEqual([sentence]);
});

test('the past shows what rules said then', async () => {
  await using ground = new Ground();
  ground.veth('a');
  ground.veth('b');
  const { UUID } = ground.rules.createNodeRule({ Action: 'update', Query: veths, Metadata: { Team: 'web' } });
  const edge = await ground.rules.createEdgeRule({
    Src: "G.V().Has('Name', 'a')",
    Dst: "G.V().Has('Name', 'b')",
    Metadata: { RelationType: 'layer2' },
  });
  await ground.rules.settled();
  const then = Date.now();
  await delay(5);
  await ground.rules.delete('node', UUID);
  await ground.rules.delete('edge', edge.UUID);
  const past = await ground.timeline.at(then);
  expect([...past.nodes('a')][0]?.metadata.Team).toBe('web');
  expect([...past.edges()]).toHaveLength(1);
  expect(ground.node('a')?.metadata).not.toHaveProperty('Team');
  expect(ground.edges()).toEqual([]);
});

test('what probes see and what was there before is left as it is, and that is said', async () => {
  await using ground = new Ground();
  ground.veth('a', { Owner: 'someone' });
  const { UUID } = ground.rules.createNodeRule({
    Action: 'update',
    Query: veths,
    Metadata: { MTU: 9000, Owner: 'me', Team: 'web' },
  });
  const other = ground.rules.createNodeRule({ Action: 'update', Query: up, Metadata: { Team: 'db' } });
  await ground.rules.settled();
  expect(ground.node('a')?.metadata).toMatchObject({ MTU: 1500, Owner: 'someone', Team: 'web' });
  expect(ground.rules.state(UUID).notes).toEqual([
    'a: MTU is what a probe sees, and is left as it is',
    'a: Owner was there before, and is left as it is',
  ]);
  expect(ground.rules.state(other.UUID)).toEqual({ active: 0, notes: [`a: Team is set by rule ${UUID} already`] });
  await ground.rules.delete('node', UUID);
  expect(ground.node('a')?.metadata).toMatchObject({ MTU: 1500, Owner: 'someone', Team: 'db' });
});

test('rules may build on each other, however long the chain is', async () => {
  await using ground = new Ground();
  ground.veth('a');
  for (let step = 11; step > 0; step--)
    ground.rules.createNodeRule({
      Action: 'update',
      Query: `G.V().Has('Step${step}', true)`,
      Metadata: { [`Step${step + 1}`]: true },
    });
  ground.rules.createNodeRule({ Action: 'update', Query: veths, Metadata: { Step1: true } });
  await eventually(() => expect(ground.node('a')?.metadata.Step12).toBe(true));
});

test('a rule that undoes its own reason comes to rest, says so, and harms no other', async () => {
  await using ground = new Ground();
  ground.veth('a');
  const restless = ground.rules.createNodeRule({
    Action: 'update',
    Query: "G.V().Has('Type', 'veth').HasNot('Odd')",
    Metadata: { Odd: true },
  });
  ground.rules.createNodeRule({ Action: 'update', Query: veths, Metadata: { Team: 'web' } });
  await ground.rules.settled();
  expect(ground.rules.state(restless.UUID).notes).toEqual([
    'does nothing: what it does makes its query find other nodes, and that never ends; change its query',
  ]);
  expect(ground.node('a')?.metadata).toMatchObject({ Team: 'web' });
  expect(ground.node('a')?.metadata).not.toHaveProperty('Odd');
  const revision = ground.node('a')?.revision ?? 0;
  ground.veth('b');
  await eventually(() => expect(ground.node('b')?.metadata.Team).toBe('web'));
  expect(ground.node('a')?.revision).toBe(revision);
});

test('after a restart nothing is doubled, and what was deleted meanwhile is taken back', async () => {
  const first = new Ground();
  first.veth('a');
  first.veth('b');
  first.rules.createNodeRule({ Action: 'update', Query: veths, Metadata: { Team: 'web' } });
  await first.rules.createEdgeRule({
    Src: "G.V().Has('Name', 'a')",
    Dst: "G.V().Has('Name', 'b')",
    Metadata: { RelationType: 'x' },
  });
  await first.rules.settled();
  await first[Symbol.asyncDispose]();
  const { revision } = first.graph;
  await using again = new Ground({ before: first });
  await again.rules.settled();
  expect(again.graph.revision).toBe(revision);
  await again.rules.stop();
  again.kept.now = { nodeRules: [], edgeRules: [], userMetadata: [] };
  await using third = new Ground({ before: again });
  await eventually(() => expect(third.edges()).toEqual([]));
  expect(third.node('a')?.metadata).not.toHaveProperty('Team');
});

test('what users say of a thing stays with it when it is made anew, and before rules', async () => {
  await using ground = new Ground();
  ground.veth('a');
  ground.rules.createNodeRule({ Action: 'update', Query: veths, Metadata: { Rack: 1 } });
  await ground.rules.settled();
  const node = ground.node('a');
  if (!node) throw new Error('no node');
  const { set, unset } = ground.rules.user.patched(node, { set: { Rack: 7 }, unset: [] });
  ground.say({ kind: 'set', id: 'a', set, unset });
  await ground.rules.settled();
  expect(ground.node('a')?.metadata).toMatchObject({ Rack: 7, SetBy: { Rack: 'user' } });
  ground.say({ kind: 'gone', id: 'a' });
  ground.veth('a', {}, 'a-anew');
  await eventually(() => expect(ground.node('a-anew')?.metadata.Rack).toBe(7));
  expect(ground.kept.now.userMetadata).toEqual([{ TID: 'tid-a', Metadata: { Rack: 7 } }]);
  expect(await faults(() => ground.rules.user.patched(node, { set: { MTU: 1 }, unset: [] }))).toEqual([
    'MTU is what a probe sees of a veth, and would be said again',
  ]);
});

test('what is wrong with a rule is told at once, and one like another is none', async () => {
  await using ground = new Ground({ limits: { rules: 1 } });
  const { rules } = ground;
  expect(
    await faults(() => rules.createNodeRule({ Action: 'update', Query: 'G.V(', Metadata: { Name: 'x', 'a.b': 1 } })),
  ).toEqual([
    expect.stringMatching(/^Metadata\.a\.b: cannot be set/),
    expect.stringMatching(/^Query: /),
    'Metadata.Name: says what a node is, and cannot be set on one that exists',
  ]);
  expect(await faults(() => rules.createNodeRule({ Action: 'create', Metadata: { Name: 'x' } }))).toEqual([
    'Metadata.Type: is missing: a node that is made needs Name and Type',
  ]);
  const asked = { Action: 'update' as const, Query: veths, Metadata: { Team: 'web' } };
  rules.createNodeRule(asked);
  expect(await faults(() => rules.createNodeRule({ ...asked, Name: 'again' }))).toEqual(['duplicated resource']);
  expect(await faults(() => rules.createNodeRule({ ...asked, Query: up }))).toEqual([
    'there are 1 rules already, which is the most there may be',
  ]);
});
