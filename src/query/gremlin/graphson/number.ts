/** Numbers as GraphSON names and writes them (TinkerPop's I/O reference). Clients and files write the large ones as text. */
import { decimalText, parseDecimal } from '../value/decimal.ts';
import { type AnyNumber, type NumType, num } from '../value/num.ts';

export const numberNames: Readonly<Record<NumType, string>> = {
  byte: 'gx:Byte',
  short: 'gx:Int16',
  int: 'g:Int32',
  long: 'g:Int64',
  float: 'g:Float',
  double: 'g:Double',
  bigint: 'gx:BigInteger',
  bigdecimal: 'gx:BigDecimal',
};

/** Undefined for a type that is no number's. */
export function numberTypeNamed(name: unknown): NumType | undefined {
  return types.get(name);
}

const types: ReadonlyMap<unknown, NumType> = new Map(
  Object.entries(numberNames).map(([type, name]) => [name, type as NumType]),
);

/** Of what is written: turning digits into a number takes the square of them. */
export const DIGITS_MAX = 2500;

/** Undefined for what is no number, or none of this type. */
export function numberFrom(type: NumType, written: number | string): AnyNumber | undefined {
  // Nearly every number.
  if (type === 'int' && (written as number) >> 0 === written) return written + 0;
  switch (type) {
    case 'float':
    case 'double': {
      const value = real(written);
      return value === undefined ? undefined : num(type, type === 'float' ? Math.fround(value) : value);
    }
    case 'bigdecimal': {
      const decimal = decimalFrom(String(written));
      return decimal === undefined ? undefined : num(type, decimalText(decimal));
    }
    default:
      return wholeOf(type, written);
  }
}

/** Of any size. */
export function isWhole(written: number | string): boolean {
  return bigintFrom(written) !== undefined;
}

function wholeOf(type: keyof typeof bits, written: number | string): AnyNumber | undefined {
  if (type === 'long' && Number.isSafeInteger(written)) return num(type, (written as number) + 0);
  const value = bigintFrom(written);
  if (value === undefined) return undefined;
  const size = bits[type];
  if (size !== undefined && BigInt.asIntN(size, value) !== value) return undefined;
  return type === 'long' || type === 'bigint' ? num(type, value) : num(type, Number(value));
}

const bits = { byte: 8, short: 16, int: 32, long: 64, bigint: undefined };

/**
 * A number of JSON beyond 2^53 is meant by the fewest digits that say it, not by all that it has. Writers that care send
 * text, and some of them 1E+30.
 */
function bigintFrom(written: number | string): bigint | undefined {
  const decimal = decimalFrom(String(written));
  if (decimal === undefined || Math.abs(decimal.scale) > DIGITS_MAX) return undefined;
  const { unscaled, scale } = decimal;
  if (scale <= 0) return unscaled * 10n ** BigInt(-scale);
  // 1.0 is whole.
  const unit = 10n ** BigInt(scale);
  return unscaled % unit === 0n ? unscaled / unit : undefined;
}

function decimalFrom(digits: string) {
  return digits.length <= DIGITS_MAX ? parseDecimal(digits) : undefined;
}

function real(written: number | string): number | undefined {
  if (typeof written === 'number') return written;
  if (written === 'NaN' || written === 'Infinity' || written === '-Infinity') return Number(written);
  return REAL.test(written) ? Number(written) : undefined;
}

const REAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
