import fc from 'fast-check';
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalOf,
  decimalText,
  divideDecimals,
  multiplyDecimals,
  parseDecimal,
  subtractDecimals,
} from '../../../../src/query/gremlin/value/decimal.ts';

const of2 = (operation: (a: Decimal, b: Decimal) => Decimal) => (a: string, b: string) =>
  decimalText(operation(decimalOf(a), decimalOf(b)));
const [plus, minus, times, over] = [addDecimals, subtractDecimals, multiplyDecimals, divideDecimals].map(of2) as [
  ReturnType<typeof of2>,
  ReturnType<typeof of2>,
  ReturnType<typeof of2>,
  ReturnType<typeof of2>,
];

test('decimals keep the digits they were written with', () => {
  for (const text of ['0', '1.50', '-0.001', '123', '1E-7', '1.5E+10', '0.00'])
    expect(decimalText(decimalOf(text))).toBe(text);
  expect(decimalText(decimalOf('+1e3'))).toBe('1E+3');
  expect(decimalText(decimalOf('.5'))).toBe('0.5');
});

test('what is no number is none', () => {
  for (const text of ['', '.', '1.2.3', 'x', '1e', '1e99999999999', '--1', '1 '])
    expect(parseDecimal(text)).toBeUndefined();
});

test('they are calculated exactly', () => {
  expect(plus('0.1', '0.2')).toBe('0.3');
  expect(plus('1.50', '1')).toBe('2.50');
  expect(minus('1', '0.001')).toBe('0.999');
  expect(times('1.5', '0.20')).toBe('0.300');
});

test('a quotient that ends is exact, one that does not is cut to ten digits more', () => {
  expect(over('1', '8')).toBe('0.125');
  expect(over('6', '3')).toBe('2');
  expect(over('1.00', '4')).toBe('0.25');
  expect(over('1', '3')).toBe('0.3333333333');
  expect(over('2', '3')).toBe('0.6666666667');
  expect(over('-2', '3')).toBe('-0.6666666667');
  expect(over('100', '-8')).toBe('-12.5');
  expect(() => over('1', '0')).toThrow('Division by zero');
});

test('a size that nobody can write out is refused, and still compares', () => {
  expect(() => plus('1e999999', '1')).toThrow('more than 10000 digits');
  expect(compareDecimals(decimalOf('1e999999'), decimalOf('1'))).toBe(1);
  expect(compareDecimals(decimalOf('-1e999999'), decimalOf('1'))).toBe(-1);
  expect(compareDecimals(decimalOf('1.0'), decimalOf('1'))).toBe(0);
});

test('a quotient times its divisor is the dividend again, up to the digits that were cut', () => {
  const whole = fc.integer({ min: -1_000_000, max: 1_000_000 });
  fc.assert(
    fc.property(whole, whole, fc.integer({ min: 0, max: 8 }), (a, b, scale) => {
      fc.pre(b !== 0);
      const [left, right] = [
        { unscaled: BigInt(a), scale },
        { unscaled: BigInt(b), scale: 0 },
      ];
      const quotient = Number(decimalText(divideDecimals(left, right)));
      expect(quotient).toBeCloseTo(a / 10 ** scale / b, 8);
      expect(compareDecimals(subtractDecimals(addDecimals(left, right), right), left)).toBe(0);
    }),
  );
});
