/** npm gremlin, unmodified: what its own writers send is read as it was meant, and its own readers understand our answers. */
import { createRequire } from 'node:module';
import { graphBinary } from '../../../src/api/gremlin/graphbinary/serializer.ts';
import { graphson } from '../../../src/api/gremlin/graphson/serializer.ts';
import type { Response } from '../../../src/api/gremlin/message.ts';
import { noElements } from '../../../src/api/gremlin/no-elements.ts';
import { type Argument, Bytecode, CardinalityValue, Lambda, Strategy } from '../../../src/query/gremlin/bytecode.ts';
import { GMap, GSet } from '../../../src/query/gremlin/value/collections.ts';
import { long, num } from '../../../src/query/gremlin/value/num.ts';
import { Predicate } from '../../../src/query/gremlin/value/predicate.ts';
import { Reference } from '../../../src/query/gremlin/value/reference.ts';
import { tokens } from '../../../src/query/gremlin/value/token.ts';
import { BulkSet, ClassName, DateTime, type GValue, Path, Uuid } from '../../../src/query/gremlin/value/value.ts';

const require = createRequire(import.meta.url);
const gremlin = require('gremlin');
const { GraphSON3Writer, GraphSON3Reader } = require('gremlin/lib/structure/io/graph-serializer.js');
const binary = require('gremlin/lib/structure/io/binary/GraphBinary.js');
const {
  t,
  P,
  TextP,
  order,
  scope,
  cardinality,
  merge,
  direction,
  pop,
  column,
  operator,
  pick,
  dt,
  gType,
  barrier,
} = require('gremlin/lib/process/traversal.js');
const { Vertex, Edge } = gremlin.structure;
const strategy = require('gremlin/lib/process/traversal-strategy.js');
const { CardinalityValue: Kept } = require('gremlin/lib/process/graph-traversal.js');
const __ = gremlin.process.statics;
const g = gremlin.process.traversal().withRemote(new gremlin.driver.RemoteConnection('none'));
const requestId = '7122e189-fd7a-434d-a4ba-bd015031386b';
type Traversal = { getBytecode(): unknown };

const writers = [
  [
    'GraphBinary',
    (request: object) => graphBinary.readRequest(Buffer.from(binary.graphBinaryWriter.writeRequest(request))),
  ],
  [
    'GraphSON',
    (request: object) => graphson.typed.readRequest(Buffer.from(new GraphSON3Writer().writeRequest(request))),
  ],
] as const;

const plain = (...steps: (readonly [string, ...Argument[]])[]): Bytecode => sourced([], ...steps);

function sourced(
  source: (readonly [string, ...Argument[]])[],
  ...steps: (readonly [string, ...Argument[]])[]
): Bytecode {
  const instructions = (all: typeof steps) => all.map(([name, ...args]) => ({ name, args }));
  return new Bytecode(instructions(source), instructions(steps));
}

const within = (...values: GValue[]): Predicate => new Predicate('within', [values]);

const traversals: readonly (readonly [string, () => Traversal, Bytecode])[] = [
  [
    'steps and texts',
    () => g.V().has('person', 'name', 'märko').out('knows').count(),
    plain(['V'], ['has', 'person', 'name', 'märko'], ['out', 'knows'], ['count']),
  ],
  [
    'numbers',
    () => g.inject(1, -1, 2147483648, 1.5, -0.25, 1e300),
    plain(['inject', 1, -1, 2147483648, 1.5, -0.25, 1e300]),
  ],
  ['no value, truth', () => g.inject(null, true, false), plain(['inject', null, true, false])],
  [
    'lists and maps',
    () => g.inject([1, ['a']], new Map([['k', [1]]])),
    plain(['inject', [1, ['a']], new GMap([['k', [1]]])]),
  ],
  ['sets', () => g.inject(new Set([1, 'a'])), plain(['inject', new GSet([1, 'a'])])],
  ['dates', () => g.inject(new Date(1_709_210_096_789)), plain(['inject', new DateTime(1_709_210_096, 789_000_000)])],
  [
    'comparisons',
    () => g.V().has('age', P.gt(29)).has('x', P.neq('y')),
    plain(['V'], ['has', 'age', new Predicate('gt', [29])], ['has', 'x', new Predicate('neq', ['y'])]),
  ],
  [
    'ranges',
    () => g.V().has('age', P.between(1, 5)).has('age', P.outside(1, 5)),
    plain(['V'], ['has', 'age', new Predicate('between', [1, 5])], ['has', 'age', new Predicate('outside', [1, 5])]),
  ],
  [
    'choices',
    () =>
      g
        .V()
        .has('age', P.within(1, 2, 3))
        .has('age', P.without([4, 5])),
    plain(['V'], ['has', 'age', within(1, 2, 3)], ['has', 'age', new Predicate('without', [[4, 5]])]),
  ],
  [
    'choices of one and of none',
    () => g.V().has('age', P.within(1)).has('age', P.within()),
    plain(['V'], ['has', 'age', within(1)], ['has', 'age', within()]),
  ],
  [
    'predicates of predicates',
    () =>
      g.V().has(
        'age',
        P.gt(1)
          .and(P.lt(5))
          .or(P.not(P.eq(3))),
      ),
    plain(
      ['V'],
      [
        'has',
        'age',
        new Predicate('or', [
          new Predicate('and', [new Predicate('gt', [1]), new Predicate('lt', [5])]),
          new Predicate('not', [new Predicate('eq', [3])]),
        ]),
      ],
    ),
  ],
  [
    'predicates of texts',
    () =>
      g.V().has('name', TextP.startingWith('m')).has('name', TextP.regex('^m')).has('name', TextP.notContaining('x')),
    plain(
      ['V'],
      ['has', 'name', new Predicate('startingWith', ['m'], true)],
      ['has', 'name', new Predicate('regex', ['^m'], true)],
      ['has', 'name', new Predicate('notContaining', ['x'], true)],
    ),
  ],
  [
    'types',
    () => g.V().values('x').is(P.typeOf(gType.int)),
    plain(['V'], ['values', 'x'], ['is', new Predicate('typeOf', [tokens.GType.INT])]),
  ],
  [
    'words',
    () => g.V().order(scope.local).by('x', order.desc).by(t.id).select(pop.last, 'a').select(column.keys),
    plain(
      ['V'],
      ['order', tokens.Scope.local],
      ['by', 'x', tokens.Order.desc],
      ['by', tokens.T.id],
      ['select', tokens.Pop.last, 'a'],
      ['select', tokens.Column.keys],
    ),
  ],
  [
    'more words',
    () =>
      g
        .V()
        .fold(0, operator.sum)
        .option(pick.none, __.identity())
        .dateAdd(dt.day, 2)
        .barrier(barrier.normSack)
        .toE(direction.out),
    plain(
      ['V'],
      ['fold', 0, tokens.Operator.sum],
      ['option', tokens.Pick.none, plain(['identity'])],
      ['dateAdd', tokens.DT.day, 2],
      ['barrier', tokens.Barrier.normSack],
      ['toE', tokens.Direction.OUT],
    ),
  ],
  [
    'traversals within traversals',
    () =>
      g
        .V()
        .repeat(__.out().simplePath())
        .times(3)
        .where(__.in_('a').count().is(P.gt(1))),
    plain(
      ['V'],
      ['repeat', plain(['out'], ['simplePath'])],
      ['times', 3],
      ['where', plain(['in', 'a'], ['count'], ['is', new Predicate('gt', [1])])],
    ),
  ],
  [
    'maps with words for keys',
    () =>
      g
        .mergeV(
          new Map<unknown, unknown>([
            [t.label, 'person'],
            ['name', 'm'],
          ]),
        )
        .option(merge.onCreate, new Map([['age', 1]])),
    plain(
      [
        'mergeV',
        new GMap([
          [tokens.T.label, 'person'],
          ['name', 'm'],
        ]),
      ],
      ['option', tokens.Merge.onCreate, new GMap([['age', 1]])],
    ),
  ],
  [
    'values with a cardinality',
    () =>
      g
        .V()
        .property(cardinality.list, 'a', 1)
        .option(merge.onMatch, new Map([['age', Kept.set(2)]])),
    plain(
      ['V'],
      ['property', tokens.Cardinality.list, 'a', 1],
      ['option', tokens.Merge.onMatch, new GMap([['age', new CardinalityValue('set', 2)]])],
    ),
  ],
  [
    'sources',
    () => g.withSideEffect('x', 1).withSack(1.5).V(),
    sourced(
      [
        ['withSideEffect', 'x', 1],
        ['withSack', 1.5],
      ],
      ['V'],
    ),
  ],
  [
    'strategies',
    () =>
      g
        .withStrategies(
          new strategy.SubgraphStrategy({ vertices: __.hasLabel('person'), checkAdjacentVertices: false }),
          new strategy.ReadOnlyStrategy(),
        )
        .V(),
    sourced(
      [
        [
          'withStrategies',
          new Strategy(
            'SubgraphStrategy',
            new Map<string, Argument>([
              ['vertices', plain(['hasLabel', 'person'])],
              ['checkAdjacentVertices', false],
            ]),
          ),
          new Strategy('ReadOnlyStrategy', new Map()),
        ],
      ],
      ['V'],
    ),
  ],
  [
    'strategies to do without',
    () => g.withoutStrategies(strategy.ReadOnlyStrategy).V(),
    sourced(
      [
        [
          'withoutStrategies',
          new ClassName('org.apache.tinkerpop.gremlin.process.traversal.strategy.verification.ReadOnlyStrategy'),
        ],
      ],
      ['V'],
    ),
  ],
  [
    'options',
    () => g.with_('at', '-5m').with_('evaluationTimeout', 500).V(),
    sourced(
      [
        [
          'withStrategies',
          new Strategy(
            'OptionsStrategy',
            new Map<string, Argument>([
              ['at', '-5m'],
              ['evaluationTimeout', 500],
            ]),
          ),
        ],
      ],
      ['V'],
    ),
  ],
  [
    'code',
    () =>
      g
        .V()
        .map(() => 'it.get()')
        .filter(() => ['lambda x: x', 'gremlin-python']),
    plain(['V'], ['map', new Lambda('gremlin-groovy')], ['filter', new Lambda('gremlin-python')]),
  ],
  [
    'elements',
    () => g.V(new Vertex(1, 'person')).hasId(new Edge(7, new Vertex(1, 'person'), 'knows', new Vertex(2, 'dog'))),
    plain(
      ['V', new Reference('vertex', { id: 1, label: 'person' })],
      [
        'hasId',
        new Reference('edge', {
          id: 7,
          label: 'knows',
          ends: {
            outV: new Reference('vertex', { id: 1, label: 'person' }),
            inV: new Reference('vertex', { id: 2, label: 'dog' }),
          },
        }),
      ],
    ),
  ],
];

describe.each(writers)('its %s writer', (_name, read) => {
  test.each(traversals)('is understood: %s', (_what, traversal, expected) => {
    const request = read({
      requestId,
      op: 'bytecode',
      processor: 'traversal',
      args: { gremlin: traversal().getBytecode(), aliases: { g: 'g' } },
    });
    expect(request.args.get('gremlin')).toEqual(expected);
    expect(request.args.get('aliases')).toEqual(new GMap([['g', 'g']]));
    expect(request).toMatchObject({ requestId, op: 'bytecode', processor: 'traversal' });
  });

  test('is understood: a script with bindings', () => {
    const { args } = read({
      requestId,
      op: 'eval',
      processor: 'session',
      args: { gremlin: 'g.V(x)', bindings: { x: 1, y: [1] }, batchSize: 5, session: 's' },
    });
    expect([...args]).toEqual([
      ['gremlin', 'g.V(x)'],
      [
        'bindings',
        new GMap([
          ['x', 1],
          ['y', [1]],
        ] as [GValue, GValue][]),
      ],
      ['batchSize', 5],
      ['session', 's'],
    ]);
  });
});

test('its GraphBinary writer is understood: numbers without bounds, bytes', () => {
  const { args } = graphBinary.readRequest(
    Buffer.from(
      binary.graphBinaryWriter.writeRequest({
        requestId,
        op: 'eval',
        processor: '',
        args: { a: 2n ** 70n, b: Buffer.from([1, 2]), c: -129n },
      }),
    ),
  );
  expect(args.get('a')).toEqual(num('bigint', 2n ** 70n));
  expect(args.get('c')).toEqual(num('bigint', -129n));
  expect(args.get('b')).toMatchObject({ bytes: new Uint8Array([1, 2]) });
});

function answer(data: readonly GValue[]): Response {
  return { requestId, code: 200, message: 'ok', attributes: new Map([['host', 'h']]), data, meta: new Map() };
}

const readers = [
  [
    'GraphBinary',
    (response: Response) => binary.graphBinaryReader.readResponse(graphBinary.writeResponse(response, noElements)),
  ],
  [
    'GraphSON',
    (response: Response) => new GraphSON3Reader().readResponse(graphson.typed.writeResponse(response, noElements)),
  ],
] as const;

describe.each(readers)('its %s reader', (_name, read) => {
  test('understands an answer', () => {
    const { requestId: id, status, result } = read(answer([1, 'ü', true, null, 1.5, long(5), [1, 'a']]));
    expect(id).toBe(requestId);
    expect(status).toMatchObject({ code: 200, message: 'ok' });
    expect(result.data).toEqual([1, 'ü', true, null, 1.5, 5, [1, 'a']]);
  });

  test('understands traversers', () => {
    const { data } = read({ ...answer(['a', 'b']), bulks: [1, 3] }).result;
    expect(data.map(({ object, bulk }: { object: unknown; bulk: unknown }) => [object, Number(bulk)])).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
  });

  test('understands elements with their properties', () => {
    const property = new Reference('property', { id: null, label: 'since', value: 2009 });
    const vertexProperty = new Reference('vertexProperty', { id: 5, label: 'name', value: 'marko' });
    const [vertex, edge] = read(
      answer([
        new Reference('vertex', { id: 1, label: 'person', properties: [vertexProperty] }),
        new Reference('edge', {
          id: 7,
          label: 'knows',
          ends: {
            outV: new Reference('vertex', { id: 1, label: 'person' }),
            inV: new Reference('vertex', { id: 2, label: 'dog' }),
          },
          properties: [property],
        }),
      ]),
    ).result.data;
    expect([vertex.id, vertex.label, vertex.properties[0].value]).toEqual([1, 'person', 'marko']);
    expect([edge.outV.id, edge.inV.id, edge.inV.label, edge.properties[0].value]).toEqual([1, 2, 'dog', 2009]);
  });

  test('understands maps, sets, counts, paths, words, dates and ids', () => {
    const [map, set, bulk, path, word, date, id] = read(
      answer([
        new GMap([
          ['a', 1],
          [tokens.T.id, 2],
        ] as [GValue, GValue][]),
        new GSet(['a']),
        new BulkSet(new GMap([['x', 2]])),
        new Path([1, 'b'], [['a'], []]),
        tokens.T.label,
        new DateTime(1_709_210_096, 789_000_000),
        new Uuid(requestId),
      ]),
    ).result.data;
    expect([...map]).toEqual([
      ['a', 1],
      [t.id, 2],
    ]);
    expect([...set]).toEqual(['a']);
    expect(bulk).toEqual(['x', 'x']);
    expect([path.objects, [...path.labels[0]], [...path.labels[1]]]).toEqual([[1, 'b'], ['a'], []]);
    expect(word).toBe(t.label);
    expect(date).toEqual(new Date(1_709_210_096_789));
    expect(String(id?.['@value'] ?? id)).toBe(requestId);
  });

  test('understands an error and an answer without a result', () => {
    const { status, result } = read({
      ...answer([]),
      code: 597,
      message: 'no',
      attributes: new Map([['exceptions', ['E']]]),
      data: null,
    });
    expect([status.code, status.message, result.data]).toEqual([597, 'no', null]);
    expect(status.attributes.get('exceptions')).toEqual(['E']);
  });
});
