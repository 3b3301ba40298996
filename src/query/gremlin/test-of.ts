/** Predicates to tests of a value. */
import { mistake } from '../../std/mistake.ts';
import { isList, keyOf } from './value/identity.ts';
import { isNumber, toNumber } from './value/num.ts';
import { Predicate } from './value/predicate.ts';
import type { GValue } from './value/value.ts';

/** A value stands for `eq` of itself. Throws a Mistake for a predicate nobody knows. */
export function testOf(predicate: GValue): (value: GValue) => boolean {
  if (!(predicate instanceof Predicate)) return equalTo(predicate);
  const { name, args } = predicate;
  const [first] = args;
  switch (name) {
    case 'eq':
      return equalTo(first as GValue);
    case 'gt':
      return (value) => isNumber(value) && isNumber(first) && toNumber(value) > toNumber(first);
    case 'lt':
      return (value) => isNumber(value) && isNumber(first) && toNumber(value) < toNumber(first);
    case 'within': {
      const tests = (isList(first) ? first : args).map(equalTo);
      return (value) => tests.some((test) => test(value));
    }
  }
  throw mistake('gremlin.predicate', `no predicate named "${name}"`);
}

function equalTo(wanted: GValue): (value: GValue) => boolean {
  if (typeof wanted === 'string') return (value) => value === wanted;
  if (isNumber(wanted)) {
    const number = toNumber(wanted);
    return (value) => isNumber(value) && toNumber(value) === number;
  }
  const key = keyOf(wanted);
  return (value) => keyOf(value) === key;
}
