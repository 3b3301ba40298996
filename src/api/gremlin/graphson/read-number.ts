/** Numbers of all types, each with its range. */
import { decimalText, parseDecimal } from '../../../query/gremlin/value/decimal.ts';
import { type AnyNumber, double, int, long, num } from '../../../query/gremlin/value/num.ts';
import { digitsMax } from '../codec-limits.ts';
import type { GraphsonIn } from './graphson-in.ts';
import { NumberText } from './parse-json.ts';

/** As Jackson reads it: an int, a long or a BigInteger by its size; with a point or an exponent a double. */
export function plainNumber(json: number | NumberText): AnyNumber {
  // Minus zero is none of the whole ones.
  if (typeof json === 'number') return Number.isSafeInteger(json) ? json + 0 : double(json);
  if (!/^-?\d+$/.test(json.digits) || json.digits.length > digitsMax) return double(Number(json.digits));
  const value = BigInt(json.digits);
  return BigInt.asIntN(64, value) === value ? long64(value) : num('bigint', value);
}

function long64(value: bigint): AnyNumber {
  const plain = Number(value);
  return Number.isSafeInteger(plain) ? plain : long(value);
}

/** Undefined for a type that is no number's. */
export function readNumber(type: string, json: unknown, from: GraphsonIn): AnyNumber | undefined {
  switch (type) {
    case 'g:Int32':
      return int(whole(json, -(2 ** 31), 2 ** 31 - 1, from));
    case 'g:Int64':
      return long(readLong(json, from));
    case 'gx:Int16':
      return num('short', whole(json, -32_768, 32_767, from));
    case 'gx:Byte':
      return num('byte', whole(json, -128, 127, from));
    case 'g:Double':
      return double(readDouble(json, from));
    case 'g:Float':
      return num('float', Math.fround(readDouble(json, from)));
    case 'gx:BigInteger':
      return num('bigint', readBigint(json, from));
    case 'gx:BigDecimal':
      return num('bigdecimal', readDecimal(json, from));
    default:
      return undefined;
  }
}

function whole(json: unknown, least: number, most: number, from: GraphsonIn): number {
  const value = Number(digitsOf(json, from));
  if (!Number.isInteger(value) || value < least || value > most)
    throw from.bad(`a whole number from ${least} to ${most} should stand here`);
  return value + 0;
}

function readLong(json: unknown, from: GraphsonIn): number | bigint {
  if (typeof json === 'number' && Number.isSafeInteger(json)) return json + 0;
  const value = readBigint(json, from);
  if (BigInt.asIntN(64, value) !== value) throw from.bad('a number beyond 64 bits');
  return value;
}

function readDouble(json: unknown, from: GraphsonIn): number {
  if (typeof json === 'number') return json;
  if (json === 'NaN') return Number.NaN;
  if (json === 'Infinity') return Number.POSITIVE_INFINITY;
  if (json === '-Infinity') return Number.NEGATIVE_INFINITY;
  const digits = digitsOf(json, from);
  if (parseDecimal(digits) === undefined && !/^-?[\d.]+[eE][+-]?\d+$/.test(digits))
    throw from.bad('a number should stand here');
  return Number(digits);
}

function readBigint(json: unknown, from: GraphsonIn): bigint {
  const digits = digitsOf(json, from);
  if (/^[+-]?\d+$/.test(digits) && digits.length <= digitsMax) return BigInt(digits.replace('+', ''));
  // Of a whole number that a client wrote as 1E+30.
  const decimal = digits.length <= digitsMax ? parseDecimal(digits) : undefined;
  if (decimal === undefined || decimal.scale > 0 || decimal.scale < -digitsMax)
    throw from.bad(`a whole number of at most ${digitsMax} digits should stand here`);
  return decimal.unscaled * 10n ** BigInt(-decimal.scale);
}

function readDecimal(json: unknown, from: GraphsonIn): string {
  const digits = digitsOf(json, from);
  const decimal = digits.length <= digitsMax ? parseDecimal(digits) : undefined;
  if (decimal === undefined) throw from.bad(`a decimal of at most ${digitsMax} digits should stand here`);
  return decimalText(decimal);
}

/** Drivers write the large ones as text too. */
function digitsOf(json: unknown, from: GraphsonIn): string {
  if (typeof json === 'number') return String(json);
  if (typeof json === 'string' && json !== '') return json;
  if (json instanceof NumberText) return json.digits;
  throw from.bad('a number should stand here');
}
