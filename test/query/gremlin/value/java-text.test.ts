/** Values as Java prints them; the expected texts are those of Gremlin Server 3.8.1. */
import { Bytecode } from '../../../../src/query/gremlin/bytecode.ts';
import { elementNames } from '../../../../src/query/gremlin/read/element-names.ts';
import { GMap, GSet, MapEntry } from '../../../../src/query/gremlin/value/collections.ts';
import { javaText } from '../../../../src/query/gremlin/value/java-text.ts';
import { double, num } from '../../../../src/query/gremlin/value/num.ts';
import { Predicate } from '../../../../src/query/gremlin/value/predicate.ts';
import { Reference } from '../../../../src/query/gremlin/value/reference.ts';
import { tokens } from '../../../../src/query/gremlin/value/token.ts';
import {
  BulkSet,
  DateTime,
  Duration,
  type GValue,
  Path,
  TraversalExplanation,
  TraversalMetrics,
  Tree,
  Uuid,
} from '../../../../src/query/gremlin/value/value.ts';
import { sourceOf } from '../asked.ts';
import { shown } from '../shown.ts';

const source = sourceOf('modern');
const text = (value: GValue) => javaText(value, elementNames({ model: source.model, view: source.timeline.now() }));

test('numbers are written as Java writes them', () => {
  expect([1, 1.5, -0.001, 1e7, 123456789.5, 1e-4, 1e21].map((value) => text(value))).toEqual([
    '1',
    '1.5',
    '-0.001',
    '10000000',
    '1.234567895E8',
    '1.0E-4',
    '1.0E21',
  ]);
  expect(
    [1, 1e7, 12345678, 1e8, 1e21, 1e-7, 1_234_567.5, 0.001, 0.0123, -1.5, -0, Number.NaN, Number.NEGATIVE_INFINITY].map(
      (value) => text(double(value)),
    ),
  ).toEqual([
    '1.0',
    '1.0E7',
    '1.2345678E7',
    '1.0E8',
    '1.0E21',
    '1.0E-7',
    '1234567.5',
    '0.001',
    '0.0123',
    '-1.5',
    '-0.0',
    'NaN',
    '-Infinity',
  ]);
  expect([0.1, 1, 1e10, 16777216, 3.4028235e38].map((value) => text(num('float', Math.fround(value))))).toEqual([
    '0.1',
    '1.0',
    '1.0E10',
    '1.6777216E7',
    '3.4028235E38',
  ]);
  expect(text(num('long', 2n ** 62n))).toBe('4611686018427387904');
  expect(text(num('bigdecimal', '1.50'))).toBe('1.50');
});

test('collections show what they hold', () => {
  expect(text([1, null, 'a', [true]])).toBe('[1, null, a, [true]]');
  expect(text(new GSet(['a', 'b']))).toBe('[a, b]');
  expect(
    text(
      new GMap([
        ['a', 1],
        [tokens.T.id, [2]],
      ]),
    ),
  ).toBe('{a=1, id=[2]}');
  expect(text(new MapEntry('a', 1))).toBe('a=1');
  expect(text(new BulkSet(new GMap([['x', 2]])))).toBe('{x=2}');
  expect(text(new Path(['a', 1], [[], []]))).toBe('path[a, 1]');
  expect(text(new Tree(new GMap([['a', new Tree(new GMap())]])))).toBe('{a={}}');
});

test('elements and properties are named as TinkerPop names them', async () => {
  expect(await shown('g.V(1)')).toEqual(['v[1]']);
  expect(await shown('g.E(7)')).toEqual(['e[7][1-knows->2]']);
  expect(await shown('g.E(7).properties()')).toEqual(['p[weight->0.5]']);
  expect(await shown("g.V(1).properties('name')")).toEqual(['vp[name->marko]']);
});

test('times, ids and words have their own way', () => {
  expect(text(new DateTime(1_690_934_400))).toBe('2023-08-02T00:00Z');
  expect(text(new DateTime(1_690_934_401, 500_000_000, 7200))).toBe('2023-08-02T02:00:01.500+02:00');
  expect(text(new Duration(3661, 5_000_000))).toBe('PT1H1M1.005S');
  expect(text(new Uuid('F47AF10B-58CC-4372-A567-0F02B2F3D479'))).toBe('f47af10b-58cc-4372-a567-0f02b2f3d479');
  expect(text(tokens.Order.desc)).toBe('desc');
  expect(text(new Predicate('gt', [5]))).toBe('gt(5)');
  expect(text(new Bytecode([], [{ name: 'out', args: ['knows'] }]))).toBe('[[], [out(knows)]]');
});

test('a value deeper than anyone would read is refused', () => {
  let deep: GValue = 1;
  for (let i = 0; i < 1000; i++) deep = [deep];
  expect(() => text(deep)).toThrow('nested deeper than 200');
});

test('a property shows the beginning of its value', () => {
  const property = (value: string): Reference => new Reference('property', { id: null, label: 'k', value });
  expect(text(property('abcdefghijklmnopqrst'))).toBe('p[k->abcdefghijklmnopqrst]');
  expect(text(property('abcdefghijklmnopqrstuvwxyz'))).toBe('p[k->abcdefghijklmnopq...]');
});

test('what profile gives is a table', () => {
  const step = (name: string, durationNanos: number, share: number) => ({
    id: name,
    name,
    durationNanos,
    counts: new Map([['traverserCount', 6] as const, ['elementCount', 6] as const]),
    annotations: new Map([['percentDur', share]]),
    nested: [],
  });
  const metrics = new TraversalMetrics(155_900, [
    step('TinkerGraphStep(vertex,[])', 100_100, 64.694),
    step('VertexStep(OUT,vertex)', 55_000, 35.306),
  ]);
  expect(text(metrics).split('\n')).toEqual([
    'Traversal Metrics',
    'Step                                                               Count  Traversers       Time (ms)    % Dur',
    '=============================================================================================================',
    'TinkerGraphStep(vertex,[])                                             6           6           0.100    64.69',
    'VertexStep(OUT,vertex)                                                 6           6           0.055    35.31',
    '                                            >TOTAL                     -           -           0.156        -',
  ]);
});

test('what explain gives is a list of strategies', () => {
  const steps = ['GraphStep(vertex,[])', 'VertexStep(OUT,vertex)'];
  const explanation = new TraversalExplanation(
    steps,
    [
      { strategy: 'ConnectiveStrategy', category: 'DecorationStrategy', steps },
      { strategy: 'ByModulatorOptimizationStrategy', category: 'OptimizationStrategy', steps },
    ],
    steps,
  );
  expect(text(explanation).split('\n')).toEqual([
    'Traversal Explanation',
    '====================================================================================',
    'Original Traversal                    [GraphStep(vertex,[]), VertexStep(OUT,vertex)]',
    '',
    'ConnectiveStrategy              [D]   [GraphStep(vertex,[]), VertexStep(OUT,vertex)]',
    'ByModulatorOptimizationStrategy [O]   [GraphStep(vertex,[]), VertexStep(OUT,vertex)]',
    '',
    'Final Traversal                       [GraphStep(vertex,[]), VertexStep(OUT,vertex)]',
  ]);
});
