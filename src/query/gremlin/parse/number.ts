/** Numbers as text writes them: `5`, `5L`, `0x1F`, `1.5`, `1.50m`. The letter at the end is the type (Gremlin.g4 of TinkerPop 3.8). */
import { type AnyNumber, double, type NumType, num } from '../value/num.ts';

/** So that nobody pays for the digits of a number that nobody needs. */
const DIGITS_MAX = 4096;

/** What is wrong with it, if it is none: a text that follows "5x" in a sentence. */
export function numberOf(text: string): AnyNumber | string {
  // Nearly every number. Adding zero makes an int of -0.
  if (smallInt.test(text)) return Number(text) + 0;
  if (text.length > DIGITS_MAX) return `has more than ${DIGITS_MAX} digits`;
  const whole = wholeShape.exec(text);
  if (whole !== null)
    return wholeNumber(whole[1] === '-', (whole[2] as string).replaceAll('_', ''), whole[3] as string);
  const fraction = fractionShape.exec(text);
  if (fraction !== null) return fractionNumber((fraction[1] as string).replaceAll('_', ''), fraction[2] as string);
  if (text.endsWith('Infinity')) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return 'is not a number';
}

/** `(Long) 5`, as Groovy casts. Undefined where the type cannot hold it. */
export function castTo(type: NumType, value: AnyNumber): AnyNumber | undefined {
  const from = typeof value === 'number' ? value : value.value;
  if (type === 'bigdecimal') return Number.isFinite(Number(from)) ? num(type, String(from)) : undefined;
  if (type === 'double') return double(Number(from));
  if (type === 'float') return num(type, Math.fround(Number(from)));
  if (!Number.isFinite(Number(from))) return undefined;
  const whole = typeof from === 'bigint' ? from : BigInt(Math.trunc(Number(from)));
  return ofType(type, whole);
}

const smallInt = /^[-+]?(?:0|[1-9]\d{0,8})$/;
const wholeShape = /^([-+]?)(0[xX][0-9a-fA-F](?:[0-9a-fA-F_]*[0-9a-fA-F])?|\d(?:[\d_]*\d)?)([bBsSiIlLnN]?)$/;
const fractionShape = /^([-+]?(?:\d(?:[\d_]*\d)?)?(?:\.\d(?:[\d_]*\d)?)?(?:[eE][-+]?\d+)?)([fFdDmM]?)$/;

function wholeNumber(isNegative: boolean, digits: string, letter: string): AnyNumber | string {
  const isOctal = digits.length > 1 && digits[0] === '0' && (digits[1] as string) <= '9';
  if (isOctal && /[89]/.test(digits)) return 'is not a number (one that begins with 0 is octal)';
  const size = BigInt(isOctal ? `0o${digits}` : digits);
  const value = isNegative ? -size : size;
  if (letter === '') return ofType('int', value) ?? ofType('long', value) ?? num('bigint', value);
  const type = wholeTypes[letter.toLowerCase()] as NumType;
  return ofType(type, value) ?? `is no ${type}: it does not fit into ${bits[type]} bits`;
}

function fractionNumber(digits: string, letter: string): AnyNumber | string {
  switch (letter.toLowerCase()) {
    case 'm':
      return num('bigdecimal', digits.replace(/^[-+]?(?=\.)/, '$&0').replace('+', ''));
    case 'f':
      return num('float', Math.fround(Number(digits)));
    default:
      return double(Number(digits));
  }
}

function ofType(type: NumType, value: bigint): AnyNumber | undefined {
  const size = bits[type];
  if (size === undefined) return num(type, value);
  if (BigInt.asIntN(size, value) !== value) return undefined;
  return num(type, type === 'long' ? value : Number(value));
}

const wholeTypes: Readonly<Record<string, NumType>> = { b: 'byte', s: 'short', i: 'int', l: 'long', n: 'bigint' };

const bits: Readonly<Partial<Record<NumType, number>>> = { byte: 8, short: 16, int: 32, long: 64 };
