/** Decimals without an end to their digits, as Java's BigDecimal has them: 1.50 is not 1.5. */
import { mistake } from '../../../std/mistake.ts';

/** unscaled / 10^scale. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** So that `1e999999999m + 1` is a mistake and not a number of a gigabyte. */
export const DIGITS_MAX = 10_000;

/** Of `-1.50`, `7`, `1E+3`. Undefined for what is no number, or has an exponent beyond 32 bits. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = shape.exec(text);
  if (match === null || text.length > DIGITS_MAX) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  if (digits === '') return undefined;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > 2 ** 31 - 1) return undefined;
  const size = BigInt(digits);
  return { unscaled: sign === '-' ? -size : size, scale };
}

const shape = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,10}))?$/;

/** Of a text that is known to be one, as `bigdecimal` numbers hold it. */
export function decimalOf(text: string): Decimal {
  const decimal = parseDecimal(text);
  if (decimal === undefined) throw mistake('gremlin.number', `"${text.slice(0, 40)}" is not a decimal that fits here`);
  return decimal;
}

/** As BigDecimal.toString writes it: in plain digits, or 1.5E+10 where those would be many. */
export function decimalText({ unscaled, scale }: Decimal): string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled);
  if (scale === 0) return sign + digits;
  const exponent = digits.length - 1 - scale;
  if (scale > 0 && exponent >= -6) {
    const padded = digits.padStart(scale + 1, '0');
    return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
  }
  const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  return `${sign}${mantissa}${exponent === 0 ? '' : `E${exponent > 0 ? '+' : ''}${exponent}`}`;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [left, right, scale] = aligned(a, b);
  return { unscaled: left + right, scale };
}

export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  const [left, right, scale] = aligned(a, b);
  return { unscaled: left - right, scale };
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { unscaled: checkDigits(a.unscaled * b.unscaled), scale: a.scale + b.scale };
}

/**
 * Exact where that has an end; else with ten digits more than the longer of the two, and no more than ten behind the
 * point if neither has more (what TinkerPop takes for want of a MathContext).
 */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.unscaled === 0n) throw mistake('gremlin.arithmetic', 'Division by zero');
  if (a.unscaled === 0n) return { unscaled: 0n, scale: a.scale - b.scale };
  const exact = dividedExactly(a, b);
  if (exact !== undefined) return exact;
  const precision = Math.max(precisionOf(a), precisionOf(b)) + 10;
  const shift = precision + precisionOf(b) - precisionOf(a) + 1;
  const scale = a.scale - b.scale + shift;
  const quotient = shift >= 0 ? (a.unscaled * tenTo(shift)) / b.unscaled : a.unscaled / (b.unscaled * tenTo(-shift));
  const rounded = roundedTo({ unscaled: quotient, scale }, precision);
  const scaleMax = Math.max(a.scale, b.scale, 10);
  return rounded.scale > scaleMax ? withScale(rounded, scaleMax) : rounded;
}

/** Throws a Mistake where it has more digits than may be: a number that is squared again and again soon has. */
export function checkDigits(value: bigint): bigint {
  if (value >= LARGEST || value <= -LARGEST) throw tooMany();
  return value;
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const signs = signOf(a.unscaled) - signOf(b.unscaled);
  if (signs !== 0 || a.unscaled === 0n) return Math.sign(signs);
  // By size first, so that nobody writes out 1E+1000000.
  const sizes = precisionOf(a) - a.scale - (precisionOf(b) - b.scale);
  if (sizes !== 0) return a.unscaled > 0n ? Math.sign(sizes) : -Math.sign(sizes);
  const [left, right] = aligned(a, b);
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Towards zero. */
export function wholeOf({ unscaled, scale }: Decimal): bigint {
  if (scale >= 0) return scale > DIGITS_MAX ? 0n : unscaled / tenTo(scale);
  return unscaled * tenTo(-scale);
}

function dividedExactly(a: Decimal, b: Decimal): Decimal | undefined {
  const shared = divisorOf(a.unscaled, b.unscaled);
  let rest = b.unscaled / shared;
  let twos = 0;
  let fives = 0;
  const sign = rest < 0n ? -1n : 1n;
  rest *= sign;
  for (; rest % 2n === 0n; twos++) rest /= 2n;
  for (; rest % 5n === 0n; fives++) rest /= 5n;
  if (rest !== 1n) return undefined;
  const more = Math.max(twos, fives);
  const top = (a.unscaled / shared) * sign * 2n ** BigInt(more - twos) * 5n ** BigInt(more - fives);
  return { unscaled: top, scale: a.scale - b.scale + more };
}

function divisorOf(a: bigint, b: bigint): bigint {
  let [left, right] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (right !== 0n) [left, right] = [right, left % right];
  return left;
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  if (a.scale === b.scale) return [a.unscaled, b.unscaled, a.scale];
  return a.scale > b.scale
    ? [a.unscaled, b.unscaled * tenTo(a.scale - b.scale), a.scale]
    : [a.unscaled * tenTo(b.scale - a.scale), b.unscaled, b.scale];
}

function roundedTo(decimal: Decimal, precision: number): Decimal {
  const more = precisionOf(decimal) - precision;
  return more > 0 ? withScale(decimal, decimal.scale - more) : decimal;
}

/** Fewer digits behind the point; half goes away from zero. */
function withScale({ unscaled, scale }: Decimal, wanted: number): Decimal {
  const unit = tenTo(scale - wanted);
  const half = unscaled < 0n ? -unit / 2n : unit / 2n;
  return { unscaled: (unscaled + half) / unit, scale: wanted };
}

function precisionOf({ unscaled }: Decimal): number {
  return String(unscaled < 0n ? -unscaled : unscaled).length;
}

function signOf(value: bigint): number {
  return value === 0n ? 0 : value < 0n ? -1 : 1;
}

function tenTo(exponent: number): bigint {
  if (exponent > DIGITS_MAX) throw tooMany();
  return 10n ** BigInt(exponent);
}

const LARGEST = 10n ** BigInt(DIGITS_MAX);

function tooMany() {
  return mistake('gremlin.number', `the result would have more than ${DIGITS_MAX} digits (limit)`);
}
