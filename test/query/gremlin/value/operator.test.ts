import { GMap, GSet } from '../../../../src/query/gremlin/value/collections.ts';
import { long } from '../../../../src/query/gremlin/value/num.ts';
import { operatorOf } from '../../../../src/query/gremlin/value/operator.ts';
import { tokens } from '../../../../src/query/gremlin/value/token.ts';

const { sum, minus, mult, div, min, max, assign, and, or, addAll, sumLong } = tokens.Operator;

test('operators of numbers leave null as it is', () => {
  expect(operatorOf(sum)(1, 2)).toBe(3);
  expect(operatorOf(minus)(1, 2)).toBe(-1);
  expect(operatorOf(mult)(2, 3)).toBe(6);
  expect(operatorOf(div)(7, 2)).toBe(3);
  expect(operatorOf(sum)(1, null)).toBe(1);
  expect(operatorOf(sum)(null, 1)).toBeNull();
  expect(operatorOf(min)(null, 1)).toBe(1);
  expect(operatorOf(max)(2, 1)).toBe(2);
  expect(operatorOf(sumLong)(1, 2)).toEqual(long(3));
  expect(() => operatorOf(sum)('a', 1)).toThrow('String cannot be cast to Number');
});

test('the others join what they are made for', () => {
  expect(operatorOf(assign)(1, 'x')).toBe('x');
  expect(operatorOf(and)(true, false)).toBe(false);
  expect(operatorOf(or)(true, false)).toBe(true);
  expect(operatorOf(addAll)([1], new GSet([2]))).toEqual([1, 2]);
  expect(operatorOf(addAll)(new GMap([['a', 1]]), new GMap([['a', 2]]))).toEqual(new GMap([['a', 2]]));
  expect(() => operatorOf(addAll)(1, [2])).toThrow('Integer cannot be cast to Collection');
  expect(() => operatorOf(tokens.Order.desc)).toThrow('Order.desc joins no two values');
});
