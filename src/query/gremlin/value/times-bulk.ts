/** A number as often as a traverser counts. */
import { multiply } from './arithmetic.ts';
import { type AnyNumber, num, numType } from './num.ts';

/** In its own type, as if each had been added; a bulk that does not fit into it is a long. */
export function timesBulk(value: AnyNumber, bulk: number): AnyNumber {
  const type = numType(value);
  if (type === 'byte' || type === 'short' || type === 'int') {
    const fits = bulk <= limits[type] ? num(type, bulk) : num('long', bulk);
    return multiply(value, fits);
  }
  return multiply(value, type === 'float' || type === 'double' ? num(type, bulk) : num('long', bulk));
}

const limits = { byte: 127, short: 32_767, int: 2 ** 31 - 1 };
