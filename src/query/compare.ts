/** An order over all values: numbers before texts before the rest; what is missing comes last. */
import type { Value } from '../graph/element.ts';

export function compareValues(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (typeof a === 'boolean') return Number(a) - Number(b);
  const [left, right] = [JSON.stringify(a) ?? '', JSON.stringify(b) ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Ascending or descending; what is missing stays last either way. */
export function orderOf(isDescending: boolean): typeof compareValues {
  return isDescending ? descend : compareValues;
}

function descend(a: Value | undefined, b: Value | undefined): number {
  return a === undefined || b === undefined ? compareValues(a, b) : compareValues(b, a);
}

function rankOf(value: Value | undefined): number {
  switch (typeof value) {
    case 'number':
      return 0;
    case 'string':
      return 1;
    case 'boolean':
      return 2;
    case 'undefined':
      return 4;
    default:
      return 3;
  }
}
