/**
 * Numbers that keep their type, as TinkerPop tells them apart.
 *
 * A plain JavaScript number is what it looks like: int when it is whole and has 32 bits, long when it is whole and larger,
 * else double. That is nearly every number there is, and costs nothing. What is not what it looks like (a long 5, a
 * double 1.0, a float, 2^60) is boxed.
 */
export type NumType = 'byte' | 'short' | 'int' | 'long' | 'float' | 'double' | 'bigint' | 'bigdecimal';

/** bigint for 'bigint' and for a 'long' beyond 2^53; digits such as '1.50' for 'bigdecimal', whose scale counts. */
export type NumValue = number | bigint | string;

export class Num {
  readonly type: NumType;
  readonly value: NumValue;

  constructor(type: NumType, value: NumValue) {
    this.type = type;
    this.value = value;
  }
}

export type AnyNumber = number | Num;

const INT_MAX = 2 ** 31 - 1;
const INT_MIN = -(2 ** 31);

/** What a plain number is. */
export function naturalType(value: number): 'int' | 'long' | 'double' {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return 'double';
  return value >= INT_MIN && value <= INT_MAX ? 'int' : 'long';
}

export function numType(value: AnyNumber): NumType {
  return typeof value === 'number' ? naturalType(value) : value.type;
}

/** A number of a type whose range it keeps (nobody checks here), boxed only when it has to be. */
export function num(type: NumType, value: NumValue): AnyNumber {
  if (typeof value === 'number' && naturalType(value) === type) return value;
  if (type === 'long' && typeof value === 'bigint' && value >= MIN_SAFE && value <= MAX_SAFE)
    return num(type, Number(value));
  return new Num(type, value);
}

export const int = (value: number): AnyNumber => num('int', value);
export const long = (value: number | bigint): AnyNumber => num('long', value);
export const double = (value: number): AnyNumber => num('double', value);

export function isNumber(value: unknown): value is AnyNumber {
  return typeof value === 'number' || value instanceof Num;
}

/** As a JavaScript number; what does not fit into one is rounded. */
export function toNumber(value: AnyNumber): number {
  return typeof value === 'number' ? value : Number(value.value);
}

const MIN_SAFE = BigInt(Number.MIN_SAFE_INTEGER);
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
