import type { Change } from '../../src/graph/change.ts';
import type { Element, GraphNode, Metadata } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import { drawGraph, readChanges, readGraph } from '../../src/graph/text.ts';

const at = (time: number) => ({ host: 'h', origin: 'agent.h', time });
const node = (id: string, metadata: Metadata, owns?: ReadonlySet<string>): Change =>
  owns ? { kind: 'node', id, metadata, owns } : { kind: 'node', id, metadata };
const only = <T>(items: Iterable<T>): T => [...items][0] as T;

test('saying a thing twice makes no version', () => {
  const graph = new Graph();
  graph.apply([node('a', { Name: 'a', IPV4: ['10.0.0.1/8'] })], at(1));
  const again = graph.apply([node('a', { IPV4: ['10.0.0.1/8'], Name: 'a' })], at(2));
  expect(again.events).toEqual([]);
  expect(only(graph.now().nodes('a')).revision).toBe(1);
});

test('several keys in one change make one version', () => {
  const graph = new Graph();
  graph.apply([node('a', { Name: 'a' })], at(1));
  const { events } = graph.apply([{ kind: 'set', id: 'a', set: { MTU: 1, State: 'UP' }, unset: ['Name'] }], at(2));
  expect(events).toHaveLength(1);
  expect(events[0]?.element).toMatchObject({
    metadata: { MTU: 1, State: 'UP' },
    revision: 2,
    createdAt: 1,
    updatedAt: 2,
  });
  expect(events[0]?.before?.metadata).toEqual({ Name: 'a' });
});

test('a writer that owns some keys leaves the others alone', () => {
  const graph = new Graph();
  const owns = new Set(['MTU', 'State']);
  graph.apply([node('a', { MTU: 1500, State: 'UP' }, owns)], at(1));
  graph.apply([{ kind: 'set', id: 'a', set: { Owner: 'me' } }], at(2));
  graph.apply([node('a', { MTU: 1400 }, owns)], at(3));
  expect(only(graph.now().nodes('a')).metadata).toEqual({ MTU: 1400, Owner: 'me' });
});

test('a node takes its edges with it, at the same moment', () => {
  const graph = readGraph('host:h -ownership-> veth:a\nveth:a -layer2-> veth:b');
  const { events } = graph.apply([{ kind: 'gone', id: 'veth:a' }], at(2000));
  expect(events.map(({ kind, element }) => `${kind} ${element.kind} ${element.deletedAt}`)).toEqual([
    'removed edge 2000',
    'removed edge 2000',
    'removed node 2000',
  ]);
  expect(drawGraph(graph.now())).toBe('host:h\nveth:b');
  expect(drawGraph(graph.at(1999))).toBe('host:h -ownership-> veth:a\nveth:a -layer2-> veth:b');
});

test('what cannot be is refused with a reason, and harms nothing else', () => {
  const graph = new Graph();
  const { refused, events } = graph.apply(
    [
      { kind: 'edge', parent: 'nobody', child: 'a', metadata: { RelationType: 'x' } },
      { kind: 'gone', id: 'nobody' },
      { kind: 'counters', id: 'nobody', series: 'Metric', total: { RxBytes: 1 } },
      node('a', { Name: 'a' }),
    ],
    at(1),
  );
  expect(refused.map(({ reason }) => reason)).toEqual([
    'Parent node not found',
    'Graph element not found',
    'Graph element not found',
  ]);
  expect(events).toHaveLength(1);
});

test('an id that comes back has two lives', () => {
  const graph = new Graph();
  graph.apply([node('a', { Name: 'one' })], at(10));
  graph.apply([{ kind: 'gone', id: 'a' }], at(20));
  graph.apply([node('a', { Name: 'two' })], at(30));
  expect(
    graph.history(['a']).map(({ createdAt, deletedAt, metadata }) => [createdAt, deletedAt, metadata.Name]),
  ).toEqual([
    [10, 20, 'one'],
    [30, undefined, 'two'],
  ]);
  expect([...graph.at(25).nodes('a')]).toEqual([]);
  expect(graph.diff({ from: 15, to: 35 }).map(({ kind }) => kind)).toEqual(['removed', 'added']);
});

test('an edge id that is used again between other nodes is another edge', () => {
  const graph = readGraph('a:1\nb:2\nc:3');
  const edge = (child: string): Change => ({
    kind: 'edge',
    id: 'e',
    parent: 'a:1',
    child,
    metadata: { RelationType: 'x' },
  });
  graph.apply([edge('b:2')], at(2000));
  graph.apply([edge('c:3')], at(3000));
  expect(drawGraph(graph.now())).toBe('a:1 -x-> c:3\nb:2');
  expect(drawGraph(graph.at(2500))).toBe('a:1 -x-> b:2\nc:3');
});

test('bounds are [from, to): at the moment of a change only the new version matches', () => {
  const graph = new Graph();
  graph.apply([node('a', { N: 1 })], at(10));
  graph.apply([node('a', { N: 2 })], at(20));
  expect(only(graph.at(19).nodes('a')).metadata.N).toBe(1);
  expect(only(graph.at(20).nodes('a')).metadata.N).toBe(2);
  expect([...graph.between({ from: 20, to: 30 }).nodes('a')].map((n) => n.metadata.N)).toEqual([2]);
  expect(
    [...graph.between({ from: 15, to: 30 }).nodes('a')].map((n) => [n.metadata.N, n.updatedAt, n.validTo]),
  ).toEqual([
    [1, 10, 20],
    [2, 20, undefined],
  ]);
});

test('counters are points of a series, never versions', () => {
  const graph = readGraph('veth:a');
  const count = (RxBytes: number, time: number) =>
    graph.apply([{ kind: 'counters', id: 'veth:a', series: 'Metric', total: { RxBytes, TxBytes: 5 } }], at(time));
  count(100, 2000);
  expect(count(150, 3000).samples).toEqual([
    {
      id: 'veth:a',
      series: 'Metric',
      start: 2000,
      last: 3000,
      counters: { RxBytes: 50 },
      total: { RxBytes: 150, TxBytes: 5 },
    },
  ]);
  expect(count(150, 4000).samples).toEqual([]);
  // Back to a smaller number: the counter began anew.
  expect(count(30, 5000).samples[0]?.counters).toEqual({ RxBytes: 30 });
  expect(only(graph.now().nodes()).revision).toBe(1);
  expect(graph.now().counters('veth:a', 'Metric')).toMatchObject({ total: { RxBytes: 30 }, last: { start: 4000 } });
  expect(graph.at(3500).counters('veth:a', 'Metric')?.total.RxBytes).toBe(150);
});

test('a clock that is set back does not reorder what was seen', () => {
  const graph = new Graph();
  graph.apply([node('a', { N: 1 })], at(100));
  const { events } = graph.apply([node('a', { N: 2 })], { ...at(50), recordedAt: 50 });
  expect(events[0]?.element).toMatchObject({ updatedAt: 100, recordedAt: 50 });
});

test('what an earlier run knew goes on with its old birth when it is spoken of again', () => {
  const graph = new Graph({ begin: 1000 });
  graph.remember([remembered('a', { Name: 'a' }), remembered('b', { Name: 'b' }), remembered('c', { Name: 'c' })]);
  expect(graph.now().nodeCount).toBe(0);
  const same = graph.apply([node('a', { Name: 'a' })], at(1001));
  expect(same.events).toEqual([]);
  graph.apply([node('b', { Name: 'B' })], at(1002));
  expect([...graph.now().nodes()].map(({ id, createdAt, revision }) => [id, createdAt, revision])).toEqual([
    ['a', 7, 4],
    ['b', 7, 5],
  ]);
  expect(graph.forgotten().map(({ id }) => id)).toEqual(['c']);
  expect(graph.forgotten()).toEqual([]);
});

test('to change or to end what an earlier run knew is to speak of it', () => {
  const graph = new Graph({ begin: 1000 });
  graph.remember([remembered('a', { Name: 'a' }), remembered('b', { Name: 'b' })]);
  const { events } = graph.apply(
    [
      { kind: 'set', id: 'a', of: 'node' },
      { kind: 'gone', id: 'b' },
    ],
    at(1001),
  );
  expect(events.map(({ kind, element }) => `${kind} ${element.id}`)).toEqual(['removed b']);
  expect([...graph.now().nodes()].map(({ id }) => id)).toEqual(['a']);
  expect(graph.forgotten()).toEqual([]);
});

test('the version that an earlier run left is there as it was, also when it has changed since', () => {
  const graph = new Graph({ begin: 1000 });
  graph.remember([remembered('a', { Name: 'a' })]);
  graph.apply([node('a', { Name: 'b' })], at(1001));
  graph.apply([node('a', { Name: 'c' })], at(1002));
  expect(graph.history(['a']).map(({ updatedAt, validTo, recordedAt }) => [updatedAt, validTo, recordedAt])).toEqual([
    [9, 1001, 9],
    [1001, 1002, 1001],
    [1002, undefined, 1002],
  ]);
  expect(only(graph.at(1000).nodes('a'))).toMatchObject({ updatedAt: 9, revision: 4, metadata: { Name: 'a' } });
});

test('whoever follows the log hears of what came back as it was, and no history is made of it', () => {
  const graph = new Graph({ begin: 1000 });
  const seen = graph.revision;
  let calls = 0;
  graph.subscribe(() => calls++);
  graph.remember([remembered('a', { Name: 'a' }), remembered('b', { Name: 'b' })]);
  graph.apply([node('a', { Name: 'a' })], at(1001));
  graph.apply([node('b', { Name: 'B' })], at(1001));
  expect(calls).toBe(2);
  const told = graph.since(seen)?.map(({ kind, element }) => `${kind} ${element.id} ${element.metadata.Name}`);
  expect(told).toEqual(['added a a', 'added b b', 'updated b B']);
  expect(graph.history(['a']).map(({ revision }) => revision)).toEqual([4]);
  expect(graph.diff({ from: 1000, to: 1001 }).map(({ kind, after }) => `${kind} ${after?.id}`)).toEqual(['changed b']);
  for (let i = 0; i < 10_000; i++) graph.apply([node('b', { N: i })], at(1002 + i));
  graph.forgetBefore(9000);
  graph.apply([node('a', { Name: 'A' })], at(12_000));
  expect(graph.history(['a']).map(({ revision, updatedAt }) => [revision, updatedAt])).toEqual([
    [4, 9],
    [5, 12_000],
  ]);
});

test("an edge that nobody speaks of again, to another's node, is there as soon as the node is", () => {
  const graph = new Graph({ begin: 1000 });
  const edge: Element = { ...remembered('e', {}), kind: 'edge', origin: 'api.h', parent: 'mine', child: 'eth0' };
  graph.remember([{ ...remembered('mine', {}), origin: 'api.h' }, remembered('eth0', {}), edge]);
  graph.adopt(({ origin }) => origin === 'api.h');
  expect([...graph.now().edges()]).toEqual([]);
  graph.apply([node('eth0', {})], at(1001));
  expect([...graph.now().edges()].map(({ id, createdAt }) => [id, createdAt])).toEqual([['e', 7]]);
  expect(graph.forgotten()).toEqual([]);
});

test('an edge whose id another edge takes before it could come back is lost, once', () => {
  const graph = new Graph({ begin: 1000 });
  graph.remember([remembered('a', {}), { ...remembered('e', {}), kind: 'edge', parent: 'a', child: 'away' }]);
  graph.apply(
    [node('a', {}), node('b', {}), { kind: 'edge', id: 'e', parent: 'a', child: 'b', metadata: {} }],
    at(1001),
  );
  graph.apply(
    [{ kind: 'gone', id: 'e' }, node('away', {}), { kind: 'edge', id: 'e', parent: 'a', child: 'away', metadata: {} }],
    at(1002),
  );
  // What ended does not go on.
  expect([...graph.now().edges()].map(({ child, createdAt }) => [child, createdAt])).toEqual([['away', 1002]]);
  expect(graph.forgotten().map(({ id, createdAt }) => [id, createdAt])).toEqual([['e', 7]]);
});

test('of a series of levels a point is what there is, also when it is less', () => {
  const graph = new Graph();
  graph.apply([node('a', {})], at(1000));
  const read = (Entries: number, time: number) =>
    graph.apply([{ kind: 'counters', id: 'a', series: 'Conntrack', total: { Entries, Max: 100 } }], at(time));
  read(30, 2000);
  expect(read(50, 3000).samples[0]?.counters).toEqual({ Entries: 50, Max: 100 });
  expect(read(20, 4000).samples[0]?.counters).toEqual({ Entries: 20, Max: 100 });
  expect(read(20, 5000).samples).toEqual([]);
});

test('counters are of one life: an id that begins another counts anew', () => {
  const graph = new Graph();
  const count = (time: number, Rx: number) =>
    graph.apply([{ kind: 'counters', id: 'a', series: 'Metric', total: { Rx } }], at(time));
  graph.apply([node('a', {})], at(1));
  count(2, 100);
  count(3, 150);
  graph.apply([{ kind: 'gone', id: 'a' }], at(4));
  graph.apply([node('a', {})], at(5));
  expect(graph.now().counters('a', 'Metric')).toBeUndefined();
  expect(count(6, 200).samples).toEqual([]);
  expect(count(7, 201).samples.map(({ counters }) => counters)).toEqual([{ Rx: 1 }]);
  expect(graph.at(3).counters('a', 'Metric')?.total).toEqual({ Rx: 150 });
  expect(graph.at(5).counters('a', 'Metric')).toBeUndefined();
  expect(graph.at(7).counters('a', 'Metric')?.total).toEqual({ Rx: 201 });
});

test('a reader who missed events gets them again, or is told that they are gone', () => {
  const graph = new Graph({ firstRevision: 500 });
  graph.apply([node('a', { N: 1 })], at(1));
  const seen = graph.revision;
  graph.apply([node('a', { N: 2 }), node('b', {})], at(2));
  expect(seen).toBe(500);
  expect([...(graph.since(seen) ?? [])].map(({ revision, kind }) => [revision, kind])).toEqual([
    [501, 'updated'],
    [502, 'added'],
  ]);
  for (let i = 0; i < 10_000; i++) graph.apply([node('a', { N: i + 10 })], at(10 + i));
  graph.forgetBefore(9000);
  expect(graph.since(seen)).toBeUndefined();
  expect(graph.since(graph.revision + 1)).toBeUndefined();
  expect(graph.timeOf(graph.revision)).toBe(10_009);
});

test('a query that was interrupted goes on at the moment it began', () => {
  const graph = readGraph('t:a\nt:b\nt:c -x-> t:d');
  const view = graph.now();
  const scan = view.nodes()[Symbol.iterator]();
  const first = scan.next().value as GraphNode;
  view.freeze();
  graph.apply(
    [{ kind: 'gone', id: 't:c' }, ...readChanges('t:e'), { kind: 'set', id: 't:b', set: { MTU: 1 } }],
    at(2000),
  );
  const rest = [...{ [Symbol.iterator]: () => scan }];
  expect([first, ...rest].map(({ id, revision }) => `${id}#${revision}`)).toEqual(['t:a#1', 't:b#1', 't:c#1', 't:d#1']);
  expect([...view.out(rest[1] as GraphNode)].map(({ child }) => child)).toEqual(['t:d']);
  expect([...(view.nodesWith('Name', 'e') ?? [])]).toEqual([]);
});

test('thousands of edges on one node end one by one without a list being copied each time', () => {
  const graph = readGraph('host:h');
  const many = Array.from({ length: 20_000 }, (_, i) => i);
  graph.apply(
    many.flatMap((i): Change[] => [
      node(`n${i}`, { Name: `n${i}` }),
      { kind: 'edge', parent: 'host:h', child: `n${i}`, metadata: { RelationType: 'ownership' } },
    ]),
    at(2000),
  );
  graph.apply(
    many.map((i): Change => ({ kind: 'gone', id: `n${i}` })),
    at(3000),
  );
  expect(graph.now().edgeCount).toBe(0);
  expect([...graph.at(2500).out(only(graph.now().nodes()))]).toHaveLength(20_000);
});

function remembered(id: string, metadata: Metadata): Element {
  return {
    kind: 'node',
    id,
    metadata,
    host: 'h',
    origin: 'agent.h',
    createdAt: 7,
    updatedAt: 9,
    deletedAt: undefined,
    validTo: undefined,
    recordedAt: 9,
    revision: 4,
  };
}
