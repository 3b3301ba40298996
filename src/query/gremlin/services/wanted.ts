/**
 * What a parameter asks of a field: a value, one of a list, a predicate (`gt(5)`), or a predicate in the words of the other
 * spelling as a text (`'GT(5)'`, `'IPRange("10.0.0.0/8")'`), for clients that send plain values alone.
 */
import type { Value } from '../../../graph/element.ts';
import { Mistake, mistake } from '../../../std/mistake.ts';
import { absent } from '../../condition.ts';
import { Faults } from '../../faults.ts';
import { isList } from '../../key.ts';
import { defaultLimits } from '../../limits.ts';
import { parseArgument } from '../../parser.ts';
import { compilePredicate, equalTo, predicates, type Scalar, type Predicate as Wanted } from '../../predicates.ts';
import { testOf } from '../judge/test-of.ts';
import { fromJson } from '../value/json.ts';
import { membersOf } from '../value/members.ts';
import { isNumber, toNumber } from '../value/num.ts';
import { Predicate } from '../value/predicate.ts';
import { type GValue, Uuid } from '../value/value.ts';

export function wantedBy(value: GValue): Wanted {
  if (value === null) return absent;
  if (value instanceof Predicate) return tested(value);
  if (typeof value === 'string' && isCall(value)) return worded(value);
  const members = membersOf(value);
  return equalTo(members === undefined ? [scalar(value)] : Array.from(members, scalar));
}

/** A list passes when one of its items does. */
function tested(predicate: Predicate): Wanted {
  const test = testOf(predicate);
  const one = (found: Value): boolean => (isList(found) ? found.some(one) : test(fromJson(found)));
  return { test: (found) => found !== undefined && found !== null && one(found), equals: equalsOf(predicate) };
}

function equalsOf({ name, args }: Predicate): readonly Scalar[] | undefined {
  if (name !== 'eq' && name !== 'within') return undefined;
  const values = args.flatMap((arg) => [...(membersOf(arg) ?? [arg])]);
  return values.every(isScalar) ? values.map(scalar) : undefined;
}

function worded(text: string): Wanted {
  const { argument, faults } = parseArgument(text, defaultLimits);
  if (faults.length > 0 || argument === undefined) throw new Mistake(faults, text);
  const more = new Faults();
  const wanted = compilePredicate(argument, more);
  if (wanted === undefined) throw new Mistake(more.errors, text);
  return wanted;
}

function isCall(text: string): boolean {
  const name = /^\s*(\w+)\s*\(.*\)\s*$/s.exec(text)?.[1]?.toUpperCase();
  return name !== undefined && predicates.some((known) => known.name === name);
}

function isScalar(value: GValue): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || isNumber(value) || value instanceof Uuid;
}

function scalar(value: GValue): Scalar {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (isNumber(value)) return toNumber(value);
  if (value instanceof Uuid) return value.value;
  throw mistake(
    'gremlin.service',
    'a field is compared with texts, numbers, true and false, lists of them, or predicates',
  );
}
