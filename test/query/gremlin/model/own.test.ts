import { SnapshotView } from '../../../../src/archive/snapshot.ts';
import type { GraphNode } from '../../../../src/graph/element.ts';
import { OwnGraph, SCAN_MIN, SCANS_BEFORE_INDEX } from '../../../../src/query/gremlin/model/own-graph.ts';
import { Several } from '../../../../src/query/gremlin/property-graph.ts';
import { GMap, GSet } from '../../../../src/query/gremlin/value/collections.ts';
import { keyOf } from '../../../../src/query/gremlin/value/identity.ts';
import { double, long, Num } from '../../../../src/query/gremlin/value/num.ts';
import { Binary, DateTime, Duration, type GValue, Uuid } from '../../../../src/query/gremlin/value/value.ts';
import { mistake } from '../../../../src/std/mistake.ts';
import { crew, empty, modern, type Toy } from '../toys.ts';

test.each<[string, GValue]>([
  ['a text', 'a'],
  ['true', true],
  ['an int', 5],
  ['a long', long(5)],
  ['a long beyond 2^53', long(2n ** 62n)],
  ['a double', 1.5],
  ['a double that looks like an int', double(1)],
  ['NaN', Number.NaN],
  ['minus zero', -0],
  ['infinity', Number.NEGATIVE_INFINITY],
  ['a float', new Num('float', 0.5)],
  ['a decimal', new Num('bigdecimal', '1.50')],
  ['a UUID', new Uuid('00000000-0000-4000-8000-000000000001')],
  ['a date', new DateTime(1, 2, 3600)],
  ['a duration', new Duration(-1, 5)],
  ['bytes', new Binary(Uint8Array.of(0, 255, 7))],
  ['a list', [1, 'a', [null, double(2)]]],
  ['a set', new GSet([1, long(1)])],
  [
    'a map',
    new GMap([
      [1, 'a'],
      ['b', new GMap()],
    ]),
  ],
])('a property is %s as it was given', (_, value) => {
  const { model, timeline, writer } = empty();
  const vertex = writer.addVertex('thing', undefined, [{ key: 'it', value }]);
  expect(model.reader('it')(vertex, timeline.now())).toEqual(value);
  // As an archive has it.
  const kept = JSON.parse(JSON.stringify(vertex)) as GraphNode;
  expect(keyOf(model.reader('it')(kept, timeline.now()) as GValue)).toEqual(keyOf(value));
});

test('ids are of any type, and are found by another type or their text', () => {
  const { model, timeline, writer } = empty();
  for (const id of [1, '1', long(2), 'three', '#4', new Uuid('00000000-0000-4000-8000-000000000001')])
    writer.addVertex('thing', id, []);
  const find = (id: GValue) => {
    const node = model.node(id, timeline.now());
    return node && model.id(node);
  };
  expect([find(1), find(long(1)), find('1')]).toEqual([1, 1, '1']);
  expect([find(2), find('2'), find(double(2))]).toEqual([long(2), long(2), long(2)]);
  expect([find('three'), find('#4'), find('00000000-0000-4000-8000-000000000001')]).toEqual([
    'three',
    '#4',
    new Uuid('00000000-0000-4000-8000-000000000001'),
  ]);
  expect([find('4'), find(3), find(null), find([1])]).toEqual([undefined, undefined, undefined, undefined]);
});

test('new ids are ints beyond those that were ever given', () => {
  const { model, writer } = empty();
  expect(model.id(writer.addVertex('a', undefined, []))).toBe(0);
  const seven = writer.addVertex('a', 7, []);
  writer.remove(seven);
  expect(model.id(writer.addVertex('a', undefined, []))).toBe(8);
});

test.each<[string, (toy: Toy) => unknown, string]>([
  ['a second vertex of an id', ({ writer }) => writer.addVertex('a', 1, []), 'Vertex with id already exists: 1'],
  [
    'a hidden key',
    ({ writer }) => writer.addVertex('a', undefined, [{ key: '~label', value: 1 }]),
    'Property key can not be a hidden key: ~label',
  ],
  [
    'an empty key',
    ({ writer }) => writer.addVertex('a', undefined, [{ key: '', value: 1 }]),
    'Property key can not be the empty string',
  ],
  ['an empty label', ({ writer }) => writer.addVertex('', undefined, []), 'Label can not be empty'],
  ['a hidden label', ({ writer }) => writer.addVertex('~a', undefined, []), 'Label can not be a hidden key: ~a'],
  [
    'an id that is nothing',
    ({ writer }) => writer.addVertex('a', null, []),
    'Expected an id that is a number, a string or a UUID but received null',
  ],
])('%s is refused, and nothing is changed', (_, change, message) => {
  const toy = modern();
  expect(() => change(toy)).toThrow(message);
  expect(toy.timeline.now().nodeCount).toBe(6);
});

test('where nothing can be taken now, nothing is changed', () => {
  let isFull = false;
  const { graph, writer } = new OwnGraph({
    nowMs: () => 1000,
    mayWrite: () => {
      if (isFull) throw mistake('test.full', 'the disk is full');
    },
  });
  const vertex = writer.addVertex('a', undefined, []);
  isFull = true;
  expect(() => writer.setProperty(vertex, { key: 'x', value: 1 })).toThrow('the disk is full');
  expect(() => writer.remove(vertex)).toThrow('the disk is full');
  expect([...graph.now().nodes()]).toEqual([vertex]);
});

test('a property without a value is none, and a single one is taken away by it', () => {
  const { model, timeline, writer } = empty();
  const vertex = writer.addVertex('a', undefined, [
    { key: 'x', value: null },
    { key: 'y', value: 1 },
  ]);
  const after = writer.setProperty(vertex, { key: 'y', value: null });
  expect([[...model.keys(vertex, timeline.now())], [...model.keys(after, timeline.now())]]).toEqual([['y'], []]);
});

test('of a list all stay, of a set each once, of a single the last', () => {
  const { model, timeline, writer } = empty();
  let vertex = writer.addVertex('a', undefined, []);
  const add = (key: string, value: GValue, cardinality: 'single' | 'list' | 'set') => {
    vertex = writer.setProperty(vertex, { key, value, cardinality });
  };
  for (const value of [1, 1, long(1)]) add('l', value, 'list');
  for (const value of [1, 1, long(1)]) add('s', value, 'set');
  for (const value of [1, 2]) add('o', value, 'single');
  const read = (key: string) => model.reader(key)(vertex, timeline.now());
  expect(read('l')).toEqual(new Several([1, 1, long(1)]));
  expect(read('s')).toEqual(new Several([1, long(1)]));
  expect(read('o')).toBe(2);
  add('l', 'only', 'single');
  expect(read('l')).toBe('only');
});

test('each property of a vertex has an id of its own, the same whenever it is asked for', () => {
  const { model, timeline, writer } = empty();
  let vertex = writer.addVertex('a', undefined, [
    { key: 'x', value: 1 },
    { key: 'y', value: 1 },
  ]);
  const ids = () =>
    ['x', 'y'].flatMap((key) => model.vertexProperties(vertex, key, timeline.now()).map(({ id }) => id));
  const before = ids();
  for (const value of [2, 3]) vertex = writer.setProperty(vertex, { key: 'x', value, cardinality: 'list' });
  const after = ids();
  expect(new Set(after).size).toBe(4);
  expect([after[0], after[3]]).toEqual(before);
  expect(after.every((id) => typeof id === 'number' && id > 2 ** 32)).toBe(true);
});

test('one of several properties can go, and the property of a property too', () => {
  const { model, timeline, writer } = crew();
  const marko = model.node(1, timeline.now()) as GraphNode;
  const places = () => model.vertexProperties(model.node(1, timeline.now()) as GraphNode, 'location', timeline.now());
  const [first, second] = model.vertexProperties(marko, 'location', timeline.now());
  if (!first || !second) throw new Error('no locations');
  writer.removeProperty(first);
  writer.setProperty(marko, {
    key: 'location',
    id: second.id,
    value: second.value,
    cardinality: 'list',
    meta: [['seen', true]],
  });
  expect(places().map(({ value }) => value)).toEqual(['santa cruz', 'brussels', 'santa fe']);
  expect([...(places()[0]?.meta ?? [])]).toEqual([
    ['startTime', 2001],
    ['endTime', 2004],
    ['seen', true],
  ]);
});

test('a vertex takes its edges with it; the past keeps them', () => {
  const { model, timeline, writer, nowMs } = modern();
  const view = timeline.now();
  const before = nowMs();
  const marko = model.node(1, view) as GraphNode;
  writer.remove(marko);
  writer.remove(marko);
  const now = timeline.now();
  expect([now.nodeCount, now.edgeCount]).toEqual([5, 3]);
  const then = timeline.at(before);
  if (then instanceof Promise) throw new Error('had to wait');
  for (const past of [view, then]) {
    expect([past.nodeCount, past.edgeCount]).toEqual([6, 6]);
    expect([...past.out(model.node(1, past) as GraphNode)].length).toBe(3);
  }
  expect(() => writer.setProperty(marko, { key: 'age', value: 30 })).toThrow('Vertex with id 1 was removed');
});

test('a label and a key with an index find what is equal, whatever its type, now and then', () => {
  const { graph, model, writer } = new OwnGraph({ nowMs: () => 1000, indexed: ['age'] });
  writer.addVertex('person', 1, [{ key: 'age', value: 29 }]);
  writer.addVertex('software', 2, [{ key: 'age', value: 28 }]);
  writer.addVertex('person', 3, [{ key: 'age', value: long(29) }]);
  const four = writer.addVertex('person', 4, [
    { key: 'age', value: 28 },
    { key: 'age', value: double(29), cardinality: 'list' },
  ]);
  const view = graph.now();
  writer.remove(four);
  const found = (nodes: Iterable<GraphNode> | undefined) => Array.from(nodes ?? [], (node) => model.id(node));
  expect(found(model.nodesLabelled('person', view)).sort()).toEqual([1, 3, 4]);
  expect(found(model.nodesWith('age', 29, view)).sort()).toEqual([1, 3, 4]);
  expect(found(model.nodesWith('age', 29, graph.now())).sort()).toEqual([1, 3]);
  expect(model.nodesWith('age', [29], view)).toBeUndefined();
});

test('what an archive shows is found in the same way', () => {
  const { graph, model, writer } = new OwnGraph({ nowMs: () => 1000 });
  writer.addVertex('a.b', 1, [{ key: 'x.y', value: long(1) }]);
  writer.addVertex('a.b', 2, [
    { key: 'x.y', value: 1 },
    { key: 'x.y', value: 2, cardinality: 'list' },
  ]);
  const view = new SnapshotView({ from: 1, to: 1 }, graph.now().nodes());
  const ids = (nodes: Iterable<GraphNode> | undefined) => Array.from(nodes ?? [], (node) => model.id(node));
  expect(ids(model.nodesWith('x.y', 1, view))).toEqual([1, 2]);
  expect(ids(model.nodesWith('x.y', 2, view))).toEqual([2]);
  expect(ids(model.nodesLabelled('a.b', view))).toEqual([1, 2]);
});

test('a key that is asked for again and again gets an index, also for what was before', () => {
  let time = 0;
  const { graph, model, writer } = new OwnGraph({ nowMs: () => ++time });
  for (let i = 0; i < SCAN_MIN; i++) writer.addVertex('thing', i, [{ key: 'name', value: `n${i}` }]);
  const before = time;
  const first = writer.setProperty(graph.nodes.alive.get('#int:1')?.current as GraphNode, {
    key: 'name',
    value: 'new',
  });
  writer.remove(graph.nodes.alive.get('#int:2')?.current as GraphNode);
  writer.addVertex('thing', 2, []);
  const names = (name: string, view = graph.now()) => model.nodesWith('name', name, view);
  for (let i = 0; i < SCANS_BEFORE_INDEX; i++) expect(names('new')).toBeUndefined();
  expect([...(names('new') ?? [])]).toEqual([first]);
  expect([...(names('n1') ?? [])]).toEqual([]);
  const then = graph.at(before);
  expect(['n1', 'n2', 'n3', 'new'].map((name) => [...(names(name, then) ?? [])].length)).toEqual([1, 1, 1, 0]);
});

test('keys that every object has are properties like any other', () => {
  const { model, timeline, writer } = empty();
  const names = ['constructor', '__proto__', 'toString', '7'];
  const vertex = writer.addVertex(
    'a',
    undefined,
    names.map((key) => ({ key, value: key })),
  );
  const bare = writer.addVertex('a', undefined, []);
  expect([...model.keys(vertex, timeline.now())].sort()).toEqual([...names].sort());
  for (const name of names) {
    expect(model.reader(name)(vertex, timeline.now())).toBe(name);
    expect(model.reader(name)(bare, timeline.now())).toBeUndefined();
    expect(model.vertexProperties(vertex, name, timeline.now()).map(({ value }) => value)).toEqual([name]);
  }
});
