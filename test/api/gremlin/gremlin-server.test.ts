/** The same results as Gremlin Server 3.8.1 with its toy graphs wrote them (captured), byte by byte. */
import { readFileSync } from 'node:fs';
import { graphBinary, graphBinaryClient } from '../../../src/api/gremlin/graphbinary/serializer.ts';
import { graphson, graphsonClient } from '../../../src/api/gremlin/graphson/serializer.ts';
import type { Response } from '../../../src/api/gremlin/message.ts';
import { textPlain } from '../../../src/api/gremlin/text-plain.ts';
import { wireElements } from '../../../src/api/gremlin/wire-elements.ts';
import type { GraphEdge, GraphNode } from '../../../src/graph/element.ts';
import { type Argument, Bytecode } from '../../../src/query/gremlin/bytecode.ts';
import { OwnGraph } from '../../../src/query/gremlin/model/own-graph.ts';
import type { NewProperty } from '../../../src/query/gremlin/property-graph.ts';
import { GMap, GSet } from '../../../src/query/gremlin/value/collections.ts';
import { double, long, num } from '../../../src/query/gremlin/value/num.ts';
import { Predicate } from '../../../src/query/gremlin/value/predicate.ts';
import { tokens } from '../../../src/query/gremlin/value/token.ts';
import {
  BulkSet,
  ClassName,
  DateTime,
  Duration,
  GraphResult,
  type GValue,
  Path,
  Property,
  Tree,
  VertexProperty,
} from '../../../src/query/gremlin/value/value.ts';

interface Captured {
  readonly query: string;
  readonly binary: string;
  readonly typed: string;
  readonly untyped: string;
  readonly text: string;
}

const captured: Readonly<Record<string, Captured>> = JSON.parse(
  readFileSync(new URL('./gremlin-server-3.8.1.json', import.meta.url), 'utf8'),
);

const modern = new OwnGraph({ nowMs: () => 1 });
const single = (key: string, id: number, value: GValue): NewProperty => ({ key, id: long(id), value });
const marko = modern.writer.addVertex('person', 1, [single('name', 0, 'marko'), single('age', 1, 29)]);
const vadas = modern.writer.addVertex('person', 2, [single('name', 2, 'vadas'), single('age', 3, 27)]);
const lop = modern.writer.addVertex('software', 3, [single('name', 4, 'lop'), single('lang', 5, 'java')]);
const knows = modern.writer.addEdge('knows', marko, vadas, 7, [{ key: 'weight', value: 0.5 }]);
const inModern = wireElements(modern.model, modern.graph.now());

const crew = new OwnGraph({ nowMs: () => 1, usual: 'list' });
const lived = (id: number, value: string, ...years: number[]): NewProperty => ({
  ...single('location', id, value),
  meta: years.map((year, i) => [i === 0 ? 'startTime' : 'endTime', year] as const),
});
const traveller = crew.writer.addVertex('person', 1, [
  single('name', 0, 'marko'),
  lived(6, 'san diego', 1997, 2001),
  lived(7, 'santa cruz', 2001, 2004),
  lived(8, 'brussels', 2004, 2005),
  lived(9, 'santa fe', 2005),
]);
const inCrew = wireElements(crew.model, crew.graph.now());

const map = (...entries: [GValue, GValue][]): GMap => new GMap(entries);
const leaf = new Tree(map());
const { T } = tokens;
const gt = new Predicate('gt', [1]);

const results: Readonly<Record<string, readonly Argument[] | null>> = {
  vertex: [marko],
  edge: [knows],
  'vertex property': [new VertexProperty(long(0), 'name', 'marko', marko)],
  property: [new Property('weight', 0.5, knows)],
  'vertex with properties of properties': [traveller],
  path: [new Path([marko, lop, 'lop'], [['a', 'b'], ['c'], []])],
  tree: [new Tree(map([marko, new Tree(map([lop, leaf]))]))],
  'tree of texts': [new Tree(map(['marko', new Tree(map(['lop', leaf]))]))],
  subgraph: [new GraphResult([marko, vadas], [knows])],
  'map with words for keys': [map([T.id, 1], [T.label, 'person'], ['name', ['marko']], ['age', [29]])],
  'map of an edge': [
    map(
      [T.id, 7],
      [T.label, 'knows'],
      [tokens.Direction.IN, map([T.id, 2], [T.label, 'person'])],
      [tokens.Direction.OUT, map([T.id, 1], [T.label, 'person'])],
      ['weight', 0.5],
    ),
  ],
  'bulk set': [new BulkSet(map([29, 1], [27, 1], [32, 1], [35, 1]))],
  'map with numbers for keys': [map([32, ['josh']], [35, ['peter']], [27, ['vadas']], [29, ['marko']])],
  numbers: [
    num('byte', 1),
    num('short', 2),
    3,
    long(4),
    num('float', 5.5),
    6.25,
    num('bigint', 7n),
    num('bigdecimal', '1.50'),
    double(Number.NaN),
    num('float', Number.POSITIVE_INFINITY),
  ],
  'large numbers': [
    num('bigint', 123_456_789_012_345_678_901_234_567_890n),
    num('bigint', -1n),
    num('bigint', 128n),
    num('bigint', -128n),
    num('bigdecimal', '1E+10'),
    num('bigdecimal', '0.00001'),
    long(1_234_567_890_123_456_789n),
  ],
  'doubles and floats': [
    ...[1, 1e21, 1e-7, 1e8, 12_345_678, 0.001].map(double),
    ...[1, 0.1, 1e10].map((value) => num('float', Math.fround(value))),
    -0,
  ],
  words: [
    T.id,
    tokens.Direction.OUT,
    tokens.Order.desc,
    tokens.Scope.local,
    tokens.Pop.all,
    tokens.Column.keys,
    tokens.Operator.sum,
    tokens.Merge.onCreate,
    tokens.Pick.any,
    tokens.Cardinality.set,
    tokens.DT.day,
    tokens.GType.INT,
    tokens.Barrier.normSack,
  ],
  predicates: [
    gt,
    new Predicate('within', [[1, 2]]),
    new Predicate('and', [new Predicate('gte', [1]), new Predicate('lt', [2])]),
    new Predicate('or', [gt, new Predicate('lt', [0])]),
    new Predicate('not', [new Predicate('eq', [1])]),
    new Predicate('startingWith', ['a'], true),
    new Predicate('regex', ['a'], true),
    new Predicate('typeOf', [tokens.GType.INT]),
    new Predicate('not', [new Predicate('within', [[1, 2]])]),
  ],
  traversal: [
    new Bytecode(
      [],
      [
        { name: 'V', args: [] },
        { name: 'has', args: ['name', gt] },
      ],
    ),
  ],
  collections: [new GSet([1, 2]), [1, [2]], map(['a', 1], [1, map(['b', 2])]), []],
  durations: [new Duration(-1, 5), new Duration(1, 500_000_000), new Duration(172_800), new Duration(0)],
  dates: [new DateTime(1_709_210_040), new DateTime(1_709_219_096, 100_000_001, -9000), new DateTime(317_278_730_040)],
  classes: [
    new ClassName('java.lang.String'),
    new ClassName('org.apache.tinkerpop.gremlin.process.traversal.strategy.verification.ReadOnlyStrategy'),
  ],
  nothing: null,
};

test('a result is known for each that was captured', () => {
  expect(Object.keys(results)).toEqual(Object.keys(captured));
});

const answer = (data: readonly Argument[] | null): Response => ({
  requestId: undefined,
  code: 200,
  message: '',
  attributes: new Map(),
  data: data as Response['data'],
  meta: new Map(),
});

describe.each(Object.entries(results))('%s', (name, data) => {
  const { binary, typed, untyped, text } = captured[name] as Captured;
  const elements = name.endsWith('properties of properties') ? inCrew : inModern;

  test('in GraphBinary', () => {
    const bytes = graphBinary.writeResponse(answer(data), elements);
    expect(bytes.toString('hex')).toBe(`8101000000c800000000000000000000000000${binary}`);
  });

  test('in GraphSON', () => {
    // A script without a result is answered by WebSocket with no list, by HTTP with an empty one.
    const bytes = graphson.typed.writeResponse(answer(data ?? []), elements);
    expect(result(bytes, ',"meta":{"@type":"g:Map","@value":[]}}}')).toBe(typed);
  });

  test('in GraphSON without types', () => {
    const bytes = graphson.untyped.writeResponse(answer(data ?? []), elements);
    expect(result(bytes, ',"meta":{}}}')).toBe(untyped);
  });

  test('as text', () => {
    // Java prints the pattern of a regular expression twice.
    expect(textPlain((data ?? []) as GValue[], elements)).toBe(text.replace('regex(a)(a)', 'regex(a)'));
  });

  test('both formats are read as the same', () => {
    const fromBinary = graphBinaryClient.readResponse(
      Buffer.from(`8101000000c800000000000000000000000000${binary}`, 'hex'),
    );
    const fromJson = graphsonClient.readResponse(
      Buffer.from(`{"status":{"code":200},"result":{"data":${typed},"meta":{"@type":"g:Map","@value":[]}}}`),
    );
    expect(fromBinary.data ?? []).toEqual(fromJson.data);
  });
});

function result(bytes: Buffer, end: string): string {
  const text = bytes.toString();
  expect(text.endsWith(end)).toBe(true);
  return text.slice(text.indexOf('"result":{"data":') + '"result":{"data":'.length, -end.length);
}

describe('elements by id and label alone', () => {
  const reference = wireElements(crew.model, crew.graph.now(), 'tokens');
  const one = (element: GraphNode | GraphEdge | VertexProperty): Response => answer([element]);

  test('in GraphBinary', () => {
    const bytes = graphBinary.writeResponse(one(traveller), reference).toString('hex');
    expect(bytes).toMatch(/090000000001110001000000000100000006706572736f6efe01$/);
  });

  test('in GraphSON', () => {
    expect(graphson.typed.writeResponse(one(traveller), reference).toString()).toContain(
      '"data":{"@type":"g:List","@value":[{"@type":"g:Vertex","@value":{"id":{"@type":"g:Int32","@value":1},"label":"person"}}]}',
    );
    const [, place] = reference.properties(traveller);
    expect(graphson.typed.writeResponse(one(place as VertexProperty), reference).toString()).toContain(
      '{"@type":"g:VertexProperty","@value":{"id":{"@type":"g:Int64","@value":6},"value":"san diego","label":"location"}}',
    );
  });
});

test('an edge whose ends have gone is told by their ids', () => {
  const graph = new OwnGraph({ nowMs: () => 1 });
  const from = graph.writer.addVertex('a', 1, []);
  const to = graph.writer.addVertex('b', 2, []);
  const edge = graph.writer.addEdge('e', from, to, 3, []);
  graph.writer.remove(from);
  const { ends } = wireElements(graph.model, graph.graph.now());
  expect(ends(edge)).toEqual({ outV: 1, outVLabel: 'vertex', inV: 2, inVLabel: 'b' });
});
