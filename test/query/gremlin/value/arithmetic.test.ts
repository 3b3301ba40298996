import fc from 'fast-check';
import {
  add,
  compareNumbers,
  divide,
  larger,
  multiply,
  smaller,
  subtract,
} from '../../../../src/query/gremlin/value/arithmetic.ts';
import { convert } from '../../../../src/query/gremlin/value/convert.ts';
import { type AnyNumber, double, int, long, num, numType } from '../../../../src/query/gremlin/value/num.ts';
import { numberText } from '../../../../src/query/gremlin/value/number-text.ts';

const byte = (value: number) => num('byte', value);
const short = (value: number) => num('short', value);
const float = (value: number) => num('float', Math.fround(value));
const big = (value: bigint) => num('bigint', value);
const decimal = (digits: string) => num('bigdecimal', digits);
const say = (value: AnyNumber | undefined) =>
  value === undefined ? undefined : `${numType(value)} ${numberText(value)}`;

test('the result has the larger type of the two', () => {
  expect(say(add(byte(1), byte(2)))).toBe('byte 3');
  expect(say(add(byte(1), int(2)))).toBe('int 3');
  expect(say(add(int(1), long(2)))).toBe('long 3');
  expect(say(add(int(1), float(0.5)))).toBe('float 1.5');
  expect(say(add(long(1), float(0.5)))).toBe('double 1.5');
  expect(say(add(double(0.1), double(0.2)))).toBe('double 0.30000000000000004');
  expect(say(add(big(1n), int(2)))).toBe('bigint 3');
  expect(say(add(big(1n), float(0.5)))).toBe('bigdecimal 1.5');
  expect(say(add(decimal('1.50'), double(1)))).toBe('bigdecimal 2.50');
});

test('what does not fit gets the next type', () => {
  expect(say(add(byte(127), byte(1)))).toBe('short 128');
  expect(say(subtract(byte(-128), byte(1)))).toBe('short -129');
  expect(say(multiply(short(32_767), short(2)))).toBe('int 65534');
  expect(say(add(int(2 ** 31 - 1), int(1)))).toBe('long 2147483648');
  expect(say(multiply(int(2 ** 31 - 1), int(2 ** 31 - 1)))).toBe('long 4611686014132420609');
  expect(say(divide(byte(-128), byte(-1)))).toBe('short 128');
  expect(say(multiply(float(3e38), float(10)))).toBe('double 3.000000005497756E39');
  expect(say(multiply(double(1e308), double(10)))).toBe('double Infinity');
  expect(() => add(long(2n ** 63n - 1n), long(1))).toThrow('long overflow');
  expect(say(add(big(2n ** 63n - 1n), long(1)))).toBe('bigint 9223372036854775808');
});

test('whole numbers are divided to whole ones, unless a fraction is asked for', () => {
  expect(say(divide(int(7), int(2)))).toBe('int 3');
  expect(say(divide(int(-7), int(2)))).toBe('int -3');
  expect(say(divide(int(7), int(2), { floating: true }))).toBe('float 3.5');
  expect(say(divide(int(7), long(2), { floating: true }))).toBe('double 3.5');
  expect(say(divide(big(7n), long(2), { floating: true }))).toBe('bigdecimal 3.5');
  expect(() => divide(int(1), int(0))).toThrow('/ by zero');
  expect(say(divide(double(1), int(0)))).toBe('double Infinity');
});

test('the smaller and the larger are of the larger type, and NaN is neither', () => {
  expect(say(smaller(int(1), long(2)))).toBe('long 1');
  expect(say(larger(int(3), double(2.5)))).toBe('double 3.0');
  expect(say(larger(double(Number.NaN), int(1)))).toBe('int 1');
  expect(say(smaller(double(Number.NaN), double(Number.NaN)))).toBe('double NaN');
});

test('numbers compare by value, whatever their type', () => {
  expect(compareNumbers(int(1), decimal('1.00'))).toBe(0);
  expect(compareNumbers(long(2n ** 62n), long(2n ** 62n + 1n))).toBe(-1);
  expect(compareNumbers(decimal('0.1'), double(0.1))).toBe(0);
  expect(compareNumbers(double(Number.NaN), double(Number.POSITIVE_INFINITY))).toBe(1);
  expect(compareNumbers(decimal('1e400'), double(Number.POSITIVE_INFINITY))).toBe(-1);
  expect(compareNumbers(decimal('1e400'), decimal('1e401'))).toBe(-1);
});

test('a number becomes another type where it fits', () => {
  expect(say(convert(double(5.67), 'int'))).toBe('int 5');
  expect(say(convert(double(-5.67), 'byte'))).toBe('byte -5');
  expect(convert(int(300), 'byte')).toBeUndefined();
  expect(convert(double(Number.NaN), 'int')).toBeUndefined();
  expect(say(convert(decimal('12.9'), 'long'))).toBe('long 12');
  expect(say(convert(double(0.1), 'bigdecimal'))).toBe('bigdecimal 0.1');
  expect(say(convert(int(7), 'bigdecimal'))).toBe('bigdecimal 7');
  expect(say(convert(double(Number.POSITIVE_INFINITY), 'float'))).toBe('float Infinity');
  expect(convert(double(1e300), 'float')).toBeUndefined();
});

test('a number that is squared again and again is stopped', () => {
  const squared = (first: AnyNumber) => {
    let number = first;
    for (let i = 0; i < 60; i++) number = multiply(number, number);
  };
  expect(() => squared(big(3n))).toThrow('more than 10000 digits');
  expect(() => squared(decimal('1.1'))).toThrow('more than 10000 digits');
});

test('whole numbers of any type are calculated like whole numbers', () => {
  const types = ['byte', 'short', 'int', 'long', 'bigint'] as const;
  const bits = { byte: 8, short: 16, int: 32, long: 64, bigint: 80 };
  const anyWhole = fc
    .constantFrom(...types)
    .chain((type) =>
      fc
        .bigInt({ min: -(2n ** BigInt(bits[type] - 1)), max: 2n ** BigInt(bits[type] - 1) - 1n })
        .map((value) => ({ value, boxed: num(type, type === 'long' || type === 'bigint' ? value : Number(value)) })),
    );
  const exact = {
    add: [add, (a: bigint, b: bigint) => a + b],
    multiply: [multiply, (a: bigint, b: bigint) => a * b],
  } as const;
  fc.assert(
    fc.property(anyWhole, anyWhole, fc.constantFrom('add' as const, 'multiply' as const), (a, b, name) => {
      const [ours, model] = exact[name];
      const wanted = model(a.value, b.value);
      const isBig = numType(a.boxed) === 'bigint' || numType(b.boxed) === 'bigint';
      if (!isBig && BigInt.asIntN(64, wanted) !== wanted) expect(() => ours(a.boxed, b.boxed)).toThrow('long overflow');
      else expect(numberText(ours(a.boxed, b.boxed))).toBe(String(wanted));
    }),
  );
});
