import { testOf } from '../../../../src/query/gremlin/judge/test-of.ts';
import { GMap, GSet } from '../../../../src/query/gremlin/value/collections.ts';
import { long, num } from '../../../../src/query/gremlin/value/num.ts';
import { Predicate } from '../../../../src/query/gremlin/value/predicate.ts';
import { Reference } from '../../../../src/query/gremlin/value/reference.ts';
import { tokens } from '../../../../src/query/gremlin/value/token.ts';
import { ClassName, type GValue, Tree, Uuid } from '../../../../src/query/gremlin/value/value.ts';

const P = (name: string, ...args: GValue[]) => new Predicate(name, args);
const passing = (predicate: GValue, ...values: GValue[]) => values.filter((value) => testOf(predicate)(value));

test('a plain value is asked for as with eq', () => {
  expect(passing(1, 1, long(1), 2, '1', null)).toEqual([1, long(1)]);
  expect(passing(0, 0, long(0), -0, null)).toEqual([0, long(0)]);
  expect(passing(null, null, 0, '')).toEqual([null]);
});

test('eq and neq know null and all that does not compare', () => {
  expect(passing(P('eq', null), null, 'a')).toEqual([null]);
  expect(passing(P('neq', null), null, 'a')).toEqual(['a']);
  expect(passing(P('neq', 1), 1, 'a', null, Number.NaN)).toEqual(['a', null, Number.NaN]);
  expect(passing(P('eq', Number.NaN), Number.NaN)).toEqual([]);
});

test('what does not compare is neither greater nor less; the negation of that is so', () => {
  for (const name of ['gt', 'gte', 'lt', 'lte']) {
    expect(passing(P(name, 5), 'x', null, Number.NaN, true)).toEqual([]);
    expect(passing(P('not', P(name, 5)), 'x', null)).toEqual(['x', null]);
  }
});

test('numbers compare by value across types', () => {
  const values = [4, 5, 6, num('bigdecimal', '5.5'), num('bigint', 2n ** 70n), long(5)];
  expect(passing(P('gt', 5), ...values)).toEqual([6, values[3], values[4]]);
  expect(passing(P('lte', num('float', 5)), ...values)).toEqual([4, 5, long(5)]);
  expect(passing(P('gte', num('bigdecimal', '5.5')), ...values)).toEqual([6, values[3], values[4]]);
});

test('null is as great as null', () => {
  expect(passing(P('gte', null), null, 1)).toEqual([null]);
  expect(passing(P('lt', null), null, 1)).toEqual([]);
});

test('between has its lower end, inside has none, outside is what lies beyond', () => {
  const values = [0, 1, 2, 3, 4];
  expect(passing(P('between', 1, 3), ...values)).toEqual([1, 2]);
  expect(passing(P('inside', 1, 3), ...values)).toEqual([2]);
  expect(passing(P('outside', 1, 3), ...values)).toEqual([0, 4]);
});

test('within takes any collection, and values side by side', () => {
  const values = ['a', 'b', 1, long(2), null];
  expect(passing(P('within', ['a', 'c']), ...values)).toEqual(['a']);
  expect(passing(P('within', new GSet([1, 2])), ...values)).toEqual([1, long(2)]);
  expect(passing(P('within', 'a', null), ...values)).toEqual(['a', null]);
  expect(passing(P('within', []), ...values)).toEqual([]);
  expect(passing(P('without', []), ...values)).toEqual(values);
  expect(passing(P('without', [1, Number.NaN]), 1, 2, Number.NaN)).toEqual([2, Number.NaN]);
});

test('and, or and not join predicates', () => {
  const values = [1, 2, 3, 4];
  expect(passing(P('and', P('gt', 1), P('lt', 4)), ...values)).toEqual([2, 3]);
  expect(passing(P('or', P('lt', 2), P('eq', 4)), ...values)).toEqual([1, 4]);
  expect(passing(P('not', P('or', P('lt', 2), P('eq', 4))), ...values)).toEqual([2, 3]);
});

test('texts are asked for their beginning, end and middle; null has none, and what is no text is refused', () => {
  const values = ['eth0', 'veth1', null];
  expect(passing(P('startingWith', 'eth'), ...values)).toEqual(['eth0']);
  expect(passing(P('endingWith', '1'), ...values)).toEqual(['veth1']);
  expect(passing(P('containing', 'eth'), ...values)).toEqual(['eth0', 'veth1']);
  expect(passing(P('notStartingWith', 'eth'), ...values)).toEqual(['veth1', null]);
  expect(passing(P('notContaining', '0'), ...values)).toEqual(['veth1', null]);
  expect(passing(P('notEndingWith', '0'), ...values)).toEqual(['veth1', null]);
  for (const name of ['startingWith', 'notEndingWith', 'containing', 'regex', 'notRegex'])
    expect(() => passing(P(name, '5'), 5)).toThrow('Integer cannot be cast to String');
});

test('a regular expression is found anywhere in a text', () => {
  const values = ['eth0', 'veth1', 'lo', null];
  expect(passing(P('regex', 'th[0-9]'), ...values)).toEqual(['eth0', 'veth1']);
  expect(passing(P('regex', '^eth'), ...values)).toEqual(['eth0']);
  expect(passing(P('regex', 'o$'), ...values)).toEqual(['lo']);
  expect(passing(P('regex', 'th'), ...values)).toEqual(['eth0', 'veth1']);
  expect(passing(P('notRegex', 'th'), ...values)).toEqual(['lo', null]);
});

test('a pattern costs time by the length of the text alone, and its size is bounded', () => {
  expect(passing(P('regex', '^(a+)+$'), `${'a'.repeat(10_000)}b`)).toEqual([]);
  expect(() => testOf(P('regex', 'a{1000}{1000}'))).toThrow('regular expression');
  expect(() => testOf(P('regex', '('))).toThrow('regular expression');
});

test('typeOf takes a type of Gremlin, the name of a class of Java, or the class', () => {
  const values = [1, long(1), 1.5, 'a', null, [1], new GSet([1]), new Tree(new GMap()), new Uuid('a')];
  expect(passing(P('typeOf', tokens.GType.INT), ...values)).toEqual([1]);
  expect(passing(P('typeOf', 'Long'), ...values)).toEqual([long(1)]);
  expect(passing(P('typeOf', new ClassName('java.lang.Number')), ...values)).toEqual([1, long(1), 1.5]);
  expect(passing(P('typeOf', tokens.GType.NULL), ...values)).toEqual([null]);
  expect(passing(P('typeOf', tokens.GType.SET), ...values)).toEqual([values[6]]);
  expect(passing(P('typeOf', tokens.GType.MAP), ...values)).toEqual([values[7]]);
  expect(passing(P('not', P('typeOf', tokens.GType.CHAR)), ...values)).toEqual(values);
  expect(() => testOf(P('typeOf', 'Strin'))).toThrow('Strin is not a registered type');
});

test('an element that a message names by its id is that element', () => {
  const node = { kind: 'node', id: '#int:1', metadata: {} } as unknown as GValue;
  const vertex = new Reference('vertex', { id: 1, label: 'person' });
  const ids = { id: () => 1 };
  expect(testOf(vertex)(node, ids)).toBe(true);
  expect(testOf(P('within', [vertex, 5]))(node, ids)).toBe(true);
  expect(testOf(P('neq', vertex))(node, ids)).toBe(false);
  expect(testOf(new Reference('edge', { id: 1, label: 'knows' }))(node, ids)).toBe(false);
  expect(testOf(new Reference('vertex', { id: 2, label: 'person' }))(node, ids)).toBe(false);
  expect(testOf(vertex)('1', ids)).toBe(false);
});

test('a predicate that nobody knows is a mistake', () => {
  expect(() => testOf(P('grt', 1))).toThrow('no predicate named "grt"');
  expect(() => testOf(P('and', 1))).toThrow('and joins predicates');
  expect(() => testOf(P('between', 1))).toThrow('between takes two values');
});
