/**
 * Arithmetic of numbers with types, as TinkerPop 3.8's NumberHelper has it: the result has the larger type of the two; where
 * it does not fit it gets the next one that holds it. Beyond long there is none (an error), beyond double there is Infinity.
 */
import { mistake } from '../../../std/mistake.ts';
import { convert, decimal, fitting, isEndless, kinds, whole } from './convert.ts';
import {
  addDecimals,
  checkDigits,
  compareDecimals,
  type Decimal,
  decimalText,
  divideDecimals,
  multiplyDecimals,
  subtractDecimals,
} from './decimal.ts';
import { type AnyNumber, double, type NumType, type NumValue, num, numType, toNumber } from './num.ts';

export function add(a: AnyNumber, b: AnyNumber): AnyNumber {
  return typeof a === 'number' && typeof b === 'number'
    ? (smallInt(a, b, a + b) ?? calculated(plus, a, b))
    : calculated(plus, a, b);
}

export function subtract(a: AnyNumber, b: AnyNumber): AnyNumber {
  return calculated(minus, a, b);
}

export function multiply(a: AnyNumber, b: AnyNumber): AnyNumber {
  return calculated(times, a, b);
}

/** Whole numbers give a whole one, cut off; `floating`: they give a double (of big integers a decimal). */
export function divide(a: AnyNumber, b: AnyNumber, { floating = false } = {}): AnyNumber {
  return calculated(over, a, b, floating);
}

/** In the larger type of the two. NaN only if both are. */
export function smaller(a: AnyNumber, b: AnyNumber): AnyNumber {
  return chosen(a, b, (order) => order <= 0);
}

export function larger(a: AnyNumber, b: AnyNumber): AnyNumber {
  return chosen(a, b, (order) => order >= 0);
}

/** Whatever their types: -1, 0 or 1. NaN is one with itself and comes behind all others. */
export function compareNumbers(a: AnyNumber, b: AnyNumber): number {
  const [x, y] = [held(a), held(b)];
  if (typeof x === 'number' && typeof y === 'number' && !isFloat(a) && !isFloat(b)) return compared(x, y);
  const [left, right] = [toNumber(a), toNumber(b)];
  // What has an end is as good as zero beside what has none: as a double it might look endless too.
  if (isEndless(a) || isEndless(b)) return compared(isEndless(a) ? left : 0, isEndless(b) ? right : 0);
  const type = commonType(a, b, false);
  switch (type) {
    case 'bigdecimal':
      return compareDecimals(decimal(a), decimal(b));
    case 'long':
    case 'bigint':
      return compared(whole(a), whole(b));
    case 'float':
      return compared(Math.fround(left), Math.fround(right));
    default:
      return compared(left, right);
  }
}

export function isNaNumber(value: AnyNumber): boolean {
  return Number.isNaN(typeof value === 'number' ? value : value.value);
}

function held(value: AnyNumber): NumValue {
  return typeof value === 'number' ? value : value.value;
}

function isFloat(value: AnyNumber): boolean {
  return typeof value !== 'number' && value.type === 'float';
}

interface Operation {
  /** Of whole numbers that a double holds exactly, a result that it holds exactly is the right one. */
  readonly keepsWhole: boolean;
  readonly floats: (a: number, b: number) => number;
  readonly wholes: (a: bigint, b: bigint) => bigint;
  readonly decimals: (a: Decimal, b: Decimal) => Decimal;
}

const plus: Operation = { keepsWhole: true, floats: (a, b) => a + b, wholes: (a, b) => a + b, decimals: addDecimals };
const minus: Operation = {
  keepsWhole: true,
  floats: (a, b) => a - b,
  wholes: (a, b) => a - b,
  decimals: subtractDecimals,
};
const times: Operation = {
  keepsWhole: true,
  floats: (a, b) => a * b,
  wholes: (a, b) => a * b,
  decimals: multiplyDecimals,
};
const over: Operation = {
  keepsWhole: false,
  floats: (a, b) => a / b,
  wholes: (a, b) => {
    if (b === 0n) throw mistake('gremlin.arithmetic', '/ by zero');
    return a / b;
  },
  decimals: divideDecimals,
};

function calculated(operation: Operation, a: AnyNumber, b: AnyNumber, floating = false): AnyNumber {
  const type = commonType(a, b, floating);
  switch (type) {
    case 'bigdecimal':
      return num(type, decimalText(operation.decimals(decimal(a), decimal(b))));
    case 'bigint':
      return num(type, checkDigits(operation.wholes(whole(a), whole(b))));
    case 'float': {
      const result = Math.fround(operation.floats(Math.fround(toNumber(a)), Math.fround(toNumber(b))));
      if (Math.abs(result) !== Number.POSITIVE_INFINITY) return num(type, result);
      return double(operation.floats(toNumber(a), toNumber(b)));
    }
    case 'double':
      return double(operation.floats(toNumber(a), toNumber(b)));
    default: {
      const result = quickly(operation, held(a), held(b)) ?? operation.wholes(whole(a), whole(b));
      for (const wider of WHOLE_TYPES.slice(WHOLE_TYPES.indexOf(type))) {
        const fits = fitting(wider, result);
        if (fits !== undefined) return fits;
      }
      throw mistake('gremlin.arithmetic', 'long overflow');
    }
  }
}

/** Undefined where only exact digits will do. */
function quickly({ keepsWhole, floats }: Operation, a: NumValue, b: NumValue): number | undefined {
  if (!keepsWhole || typeof a !== 'number' || typeof b !== 'number') return undefined;
  const result = floats(a, b) + 0;
  return Number.isSafeInteger(result) ? result : undefined;
}

/** Nearly every sum. */
function smallInt(a: number, b: number, result: number): number | undefined {
  return (a | 0) === a && (b | 0) === b && (result | 0) === result && !isMinusZero(a) && !isMinusZero(b)
    ? result
    : undefined;
}

function chosen(a: AnyNumber, b: AnyNumber, isFirst: (order: number) => boolean): AnyNumber {
  if (isNaNumber(a)) return b;
  if (isNaNumber(b)) return a;
  const one = isFirst(compareNumbers(a, b)) ? a : b;
  return convert(one, commonType(a, b, false)) ?? one;
}

/** byte, short, int, long, bigint; with a fraction float, double, bigdecimal of at least as many bits. */
function commonType(a: AnyNumber, b: AnyNumber, floating: boolean): NumType {
  const [left, right] = [kinds[numType(a)], kinds[numType(b)]];
  const bits = Math.max(left.bits, right.bits);
  if (floating || left.floats || right.floats) return bits <= 32 ? 'float' : bits <= 64 ? 'double' : 'bigdecimal';
  return bits <= 8 ? 'byte' : bits <= 16 ? 'short' : bits <= 32 ? 'int' : bits <= 64 ? 'long' : 'bigint';
}

const WHOLE_TYPES: readonly NumType[] = ['byte', 'short', 'int', 'long'];

function isMinusZero(value: number): boolean {
  return Object.is(value, -0);
}

function compared(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  const [left, right] = [Number.isNaN(a), Number.isNaN(b)];
  return left === right ? 0 : left ? 1 : -1;
}
