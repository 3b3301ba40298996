/** Values as Java prints them; the expected texts are those of Gremlin Server 3.8.1. */
import { javaText } from '../../../src/api/gremlin/java-text.ts';
import { noElements } from '../../../src/api/gremlin/no-elements.ts';
import { double, num } from '../../../src/query/gremlin/value/num.ts';
import { Reference } from '../../../src/query/gremlin/value/reference.ts';
import { TraversalExplanation, TraversalMetrics } from '../../../src/query/gremlin/value/value.ts';

const text = (value: Parameters<typeof javaText>[0]): string => javaText(value, noElements);

test.each([
  [1, '1.0'],
  [1e21, '1.0E21'],
  [1e-7, '1.0E-7'],
  [1e8, '1.0E8'],
  [12_345_678, '1.2345678E7'],
  [1_234_567.5, '1234567.5'],
  [0.001, '0.001'],
  [0.0123, '0.0123'],
  [-0, '-0.0'],
  [-1.5, '-1.5'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
])('the double %p is %s', (value, expected) => {
  expect(text(double(value))).toBe(expected);
});

test.each([
  [1, '1.0'],
  [0.1, '0.1'],
  [1e10, '1.0E10'],
])('the float %p is %s', (value, expected) => {
  expect(text(num('float', Math.fround(value)))).toBe(expected);
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
