/** Numbers as Java writes them, and numbers as exact digits. */
import { decimalOf, decimalText } from './decimal.ts';
import { doubleText, floatText } from './float-text.ts';
import { type AnyNumber, numType, toNumber } from './num.ts';

export function numberText(value: AnyNumber): string {
  switch (numType(value)) {
    case 'double':
      return doubleText(toNumber(value));
    case 'float':
      return floatText(toNumber(value));
    case 'bigdecimal':
      return decimalText(decimalOf(digitsOf(value)));
    default:
      return digitsOf(value);
  }
}

function digitsOf(value: AnyNumber): string {
  return String(typeof value === 'number' ? value : value.value);
}
