/** Numbers with a type, each with its range, and without one. */
import { DIGITS_MAX, numberFrom, numberTypeNamed } from '../../../query/gremlin/graphson/number.ts';
import { type AnyNumber, double, long, type NumType, num } from '../../../query/gremlin/value/num.ts';
import type { GraphsonIn } from './graphson-in.ts';
import { NumberText } from './parse-json.ts';
import { bad } from './shapes.ts';

/** As Jackson reads it: an int, a long or a BigInteger by its size; with a point or an exponent a double. */
export function plainNumber(json: number | NumberText): AnyNumber {
  // Minus zero is none of the whole ones.
  if (typeof json === 'number') return Number.isSafeInteger(json) ? json + 0 : double(json);
  if (!/^-?\d+$/.test(json.digits) || json.digits.length > DIGITS_MAX) return double(Number(json.digits));
  const value = BigInt(json.digits);
  return BigInt.asIntN(64, value) === value ? long64(value) : num('bigint', value);
}

function long64(value: bigint): AnyNumber {
  const plain = Number(value);
  return Number.isSafeInteger(plain) ? plain : long(value);
}

/** Undefined for a type that is no number's. */
export function readNumber(name: string, json: unknown, from: GraphsonIn): AnyNumber | undefined {
  const type = numberTypeNamed(name);
  if (type === undefined) return undefined;
  return numberFrom(type, written(json, from)) ?? bad(`${expected[type]} should stand here`, from);
}

const expected: Readonly<Record<NumType, string>> = {
  byte: 'a whole number from -128 to 127',
  short: 'a whole number from -32768 to 32767',
  int: 'a whole number from -2147483648 to 2147483647',
  long: 'a whole number of 64 bits',
  float: 'a number',
  double: 'a number',
  bigint: `a whole number of at most ${DIGITS_MAX} digits`,
  bigdecimal: `a decimal of at most ${DIGITS_MAX} digits`,
};

function written(json: unknown, from: GraphsonIn): number | string {
  if (typeof json === 'number' || typeof json === 'string') return json;
  if (json instanceof NumberText) return json.digits;
  throw from.bad('a number should stand here');
}
