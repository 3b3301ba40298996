/** Numbers of one type as those of another, and what they are in digits. */
import { mistake } from '../../../std/mistake.ts';
import { type Decimal, decimalOf, decimalText, wholeOf } from './decimal.ts';
import { doubleText, floatText } from './float-text.ts';
import { type AnyNumber, double, type NumType, num, numType, toNumber } from './num.ts';

/** In the given type, when it fits; a fraction is cut off. Undefined where it does not. */
export function convert(value: AnyNumber, type: NumType): AnyNumber | undefined {
  if (numType(value) === type) return value;
  switch (type) {
    case 'double': {
      const number = toNumber(value);
      return Number.isFinite(number) || isEndless(value) ? double(number) : undefined;
    }
    case 'float': {
      const number = Math.fround(toNumber(value));
      return Number.isFinite(number) || isEndless(value) ? num('float', number) : undefined;
    }
    case 'bigdecimal':
      return isEndless(value) ? undefined : num(type, decimalText(decimal(value)));
    default:
      return isEndless(value) ? undefined : fitting(type, whole(value));
  }
}

/** A whole number of a type, or undefined where it has not that many bits. */
export function fitting(type: NumType, value: number | bigint): AnyNumber | undefined {
  if (type === 'bigint') return num(type, BigInt(value));
  if (typeof value === 'number')
    return Math.abs(value) < 2 ** 53 && isWithin(value, kinds[type].bits) ? num(type, value) : undefined;
  if (BigInt.asIntN(kinds[type].bits, value) !== value) return undefined;
  return num(type, type === 'long' ? value : Number(value));
}

function isWithin(value: number, bits: number): boolean {
  return value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1);
}

/** Its whole part. */
export function whole(value: AnyNumber): bigint {
  const held = typeof value === 'number' ? value : value.value;
  if (typeof held === 'bigint') return held;
  if (typeof held === 'number') return BigInt(Math.trunc(held));
  return wholeOf(decimalOf(held));
}

/** Doubles by the digits that Java would write. */
export function decimal(value: AnyNumber): Decimal {
  const held = typeof value === 'number' ? value : value.value;
  if (typeof held === 'bigint') return { unscaled: held, scale: 0 };
  if (typeof held === 'string') return decimalOf(held);
  const type = numType(value);
  if (type !== 'float' && type !== 'double') return { unscaled: BigInt(held), scale: 0 };
  if (!Number.isFinite(held)) throw mistake('gremlin.arithmetic', `${held} has no digits: it is no decimal`);
  return decimalOf(type === 'float' ? floatText(held) : doubleText(held));
}

/** NaN and the infinities. */
export function isEndless(value: AnyNumber): boolean {
  const held = typeof value === 'number' ? value : value.value;
  return typeof held === 'number' && !Number.isFinite(held);
}

/** In how many bits, and whether with a fraction. */
export const kinds: Readonly<Record<NumType, { readonly bits: number; readonly floats: boolean }>> = {
  byte: { bits: 8, floats: false },
  short: { bits: 16, floats: false },
  int: { bits: 32, floats: false },
  long: { bits: 64, floats: false },
  bigint: { bits: 128, floats: false },
  float: { bits: 32, floats: true },
  double: { bits: 64, floats: true },
  bigdecimal: { bits: 128, floats: true },
};
