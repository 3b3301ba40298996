import { AssignedCaptures, type Assignment } from '../../src/capture/assigned.ts';
import type { Capture } from '../../src/capture/capture.ts';
import type { Change } from '../../src/graph/change.ts';
import type { Metadata } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { fakeClock } from '../std/fake-clock.ts';
import { all } from './world.ts';

test('nodes that a query finds are assigned to those who made them', async () => {
  const it = fleet();
  it.say('agent.a', node('a1'), node('a2'));
  it.say('agent.b', node('b1'));
  it.captures.create(capture());
  await it.settle();
  expect(it.told).toEqual([
    ['agent.a', [['c1', ['a1', 'a2']]]],
    ['agent.b', [['c1', ['b1']]]],
  ]);
});

test('only whom something changes for is told again', async () => {
  const it = fleet();
  it.say('agent.a', node('a1'));
  it.say('agent.b', node('b1'));
  it.captures.create(capture());
  await it.settle();
  it.told.length = 0;
  it.say('agent.b', node('b2'));
  await it.settle();
  expect(it.told).toEqual([['agent.b', [['c1', ['b1', 'b2']]]]]);
});

test('what is deleted is taken from everyone', async () => {
  const it = fleet();
  it.say('agent.a', node('a1'));
  it.captures.create(capture());
  await it.settle();
  it.told.length = 0;
  expect(await it.captures.delete('c1')).toBe(true);
  expect(it.told).toEqual([['agent.a', []]]);
});

test('who is away is told when it comes', async () => {
  const it = fleet();
  it.away.add('agent.a');
  it.say('agent.a', node('a1'));
  it.captures.create(capture());
  await it.settle();
  expect(it.captures.state('c1').notes).toEqual(['not told yet: the agent: needs it to be there']);
  it.away.clear();
  it.captures.came('agent.a');
  await it.settle();
  expect(it.told).toEqual([['agent.a', [['c1', ['a1']]]]]);
  expect(it.captures.state('c1').notes).toEqual([]);
});

test('who comes is told also that there is nothing to do any more', async () => {
  const it = fleet();
  it.say('agent.a', node('a1'));
  it.captures.came('agent.a');
  await it.settle();
  expect(it.told).toEqual([['agent.a', []]]);
});

test('whom another tells what to do is told nothing, until that is ours', async () => {
  const it = fleet();
  it.others.add('agent.a');
  it.say('agent.a', node('a1'));
  it.say('agent.b', node('b1'));
  it.captures.create(capture());
  await it.settle();
  expect(it.told).toEqual([['agent.b', [['c1', ['b1']]]]]);
  expect(it.captures.state('c1')).toMatchObject({ matched: 2, notes: [] });
  it.others.clear();
  it.captures.came('agent.a');
  await it.settle();
  expect(it.told.at(-1)).toEqual(['agent.a', [['c1', ['a1']]]]);
});

test('what became of it is read from the nodes', async () => {
  const it = fleet();
  it.say('agent.a', node('a1', { Captures: [{ ID: 'c1', State: 'active', Type: 'ebpf' }] }));
  it.say('agent.a', node('a2', { Captures: [{ ID: 'c1', State: 'error', Error: 'no way' }] }));
  it.say('api.x', node('x1'));
  it.captures.create(capture());
  await it.settle();
  expect(it.captures.state('c1')).toEqual({
    active: 1,
    failed: 1,
    matched: 3,
    types: { ebpf: 1 },
    notes: ['x1: of no agent that captures', 'a2: no way'],
  });
});

test('a capture takes so many nodes, and says that there are more', async () => {
  const it = fleet({ nodes: 2 });
  it.say('agent.a', node('a1'), node('a2'), node('a3'));
  it.captures.create(capture());
  await it.settle();
  expect(it.told).toEqual([['agent.a', [['c1', ['a1', 'a2']]]]]);
  expect(it.captures.state('c1').notes[0]).toMatch('finds 3 nodes, and one capture takes 2');
});

function node(id: string, metadata: Metadata = {}): Change {
  return { kind: 'node', id, metadata: { Name: id, ...metadata } };
}

function capture(): Omit<Capture, 'UUID'> {
  return {
    GremlinQuery: 'G.V()',
    SamplingRate: 0,
    PollingInterval: 0,
    ExtraTCPMetric: false,
    IPDefrag: false,
    ReassembleTCP: false,
  };
}

function fleet({ nodes = 100 } = {}) {
  const clock = fakeClock();
  const graph = new Graph({ begin: clock.now() - 1000 });
  const told: [string, [string, readonly string[]][]][] = [];
  const away = new Set<string>();
  const others = new Set<string>();
  let ids = 0;
  const captures = new AssignedCaptures({
    mechanisms: [{ type: 'ebpf', doc: '', nodeTypes: ['veth'], can: all, rank: 1, start: () => Promise.reject() }],
    check: () => undefined,
    door: { compileFilter: () => new Uint8Array() },
    kept: { read: () => ({ lists: { captures: [] }, note: undefined }), write: () => undefined },
    newId: () => `c${++ids}`,
    clock,
    log: { warn: () => undefined },
    limits: { captures: 10, nodes },
    match: async () => [...graph.now().nodes()],
    view: () => graph.now(),
    isMine: (origin) => !others.has(origin),
    canCapture: (origin) => origin.startsWith('agent.'),
    async assign(origin, assignments: readonly Assignment[]) {
      if (away.has(origin)) throw new Unavailable('the agent', 'it to be there');
      told.push([origin, assignments.map((its) => [its.capture.UUID, its.nodes])]);
      return {};
    },
  });
  graph.subscribe((commit) => captures.saw(commit));
  return {
    captures,
    told,
    away,
    others,
    say: (origin: string, ...changes: Change[]) => graph.apply(changes, { host: 'h', origin, time: clock.now() }),
    settle: () => clock.pass(10_000),
  };
}
