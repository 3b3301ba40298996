/** BigDecimals: digits with a place for the point, and Java's BigInteger bytes. */
import { scaleMax } from './codec-limits.ts';

export interface Decimal {
  readonly unscaled: bigint;
  /** Digits after the point; negative: zeros to be added. */
  readonly scale: number;
}

/** Undefined for what is no number, and for an exponent without measure. */
export function decimalOf(text: string): Decimal | undefined {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(text);
  if (found === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = found;
  if (whole === '' && fraction === '') return undefined;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > scaleMax) return undefined;
  const digits = BigInt(whole + fraction);
  return { unscaled: sign === '-' ? -digits : digits, scale };
}

/** Without an exponent: `-0.05`, `1500`. */
export function decimalText({ unscaled, scale }: Decimal): string {
  const isNegative = unscaled < 0n;
  const digits = (isNegative ? -unscaled : unscaled).toString();
  const sign = isNegative ? '-' : '';
  if (scale === 0) return sign + digits;
  if (scale < 0) return unscaled === 0n ? '0' : sign + digits + '0'.repeat(-scale);
  const padded = digits.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** Two's complement, biggest byte first, as few as hold it. */
export function bigintBytes(value: bigint): Buffer {
  const away = value < 0n ? -value - 1n : value;
  const bits = away === 0n ? 0 : away.toString(16).length * 4;
  // One more byte than the digits may need, for the sign; a first byte that says nothing is cut.
  const size = (bits >> 3) + 1;
  const hex = BigInt.asUintN(size * 8, value)
    .toString(16)
    .padStart(size * 2, '0');
  const bytes = Buffer.from(hex, 'hex');
  const isSpare =
    size > 1 &&
    ((bytes[0] === 0 && (bytes[1] as number) < 0x80) || (bytes[0] === 0xff && (bytes[1] as number) >= 0x80));
  return isSpare ? bytes.subarray(1) : bytes;
}

export function bigintFrom(bytes: Buffer): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
}
