/** Predicates to tests of a value. What is asked of many values is made as quick as it can be here, once. */
import { mistake } from '../../../std/mistake.ts';
import { Bytecode } from '../bytecode.ts';
import { isElement } from '../read/value.ts';
import { type Ids, isEqual } from '../value/compare.ts';
import { membersOf } from '../value/members.ts';
import { Num } from '../value/num.ts';
import { Predicate } from '../value/predicate.ts';
import { Reference } from '../value/reference.ts';
import { type GValue, Property, VertexProperty } from '../value/value.ts';
import { finderOf, isText, relationNamed } from './relations.ts';
import { typeTest } from './type-of.ts';

/** `ids`: by what elements compare; only needed where they may come. */
export type Test = (value: GValue, ids?: Ids) => boolean;

/** A value stands for `eq` of itself. Throws a Mistake for a predicate nobody knows. */
export function testOf(what: GValue): Test {
  if (!(what instanceof Predicate)) return equalTo(what);
  const plain = plainly(what);
  const [given = null] = plain.args;
  switch (plain.name) {
    case 'and':
      return all(plain.args.map(testOf));
    case 'or':
      return any(plain.args.map(testOf));
    case 'not':
      return negated(testOf(given));
    case 'eq':
      return equalTo(given);
    case 'neq':
      return negated(equalTo(given));
    case 'within':
      return oneOf(given);
    case 'without':
      return negated(oneOf(given));
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return ordered(plain.name, given);
    case 'typeOf':
      return typeTest(given);
    case 'containing':
      if (typeof given === 'string') return (value) => isText(value) && value.includes(given);
      break;
    case 'regex':
    case 'notRegex': {
      if (typeof given !== 'string') break;
      const find = finderOf(given);
      const found: Test = (value) => isText(value) && find(value);
      return plain.name === 'regex' ? found : negated(found);
    }
  }
  const relation = relationNamed(plain.name);
  return (value, ids) => relation(value, given, ids);
}

/**
 * The same said with and, or, not and what relates two values: `between(1, 5)` is `gte(1).and(lt(5))`. What within and
 * without were given is one list.
 */
export function plainly(predicate: Predicate): Predicate {
  const { name, args } = predicate;
  const pair = pairs[name];
  if (pair !== undefined) {
    const [low = null, high = null] = args;
    if (args.length !== 2) throw mistake('gremlin.predicate', `${name} takes two values`);
    return new Predicate(pair.joined, [new Predicate(pair.low, [low]), new Predicate(pair.high, [high])]);
  }
  if (name === 'within' || name === 'without') {
    const [first = null] = args;
    const items = args.length === 1 ? membersOf(first) : undefined;
    return new Predicate(name, [[...(items ?? args)]]);
  }
  if (name === 'and' || name === 'or' || name === 'not') {
    if (args.length === 0 || !args.every((arg) => arg instanceof Predicate))
      throw mistake('gremlin.predicate', `${name} joins predicates, such as gt(5)`);
  } else if (args.some((arg) => arg instanceof Bytecode))
    throw mistake('gremlin.predicate', `${name} takes a value, not a traversal`, 'use where(…) with a step for that');
  return predicate;
}

const pairs: Readonly<Record<string, { readonly joined: string; readonly low: string; readonly high: string }>> = {
  inside: { joined: 'and', low: 'gt', high: 'lt' },
  between: { joined: 'and', low: 'gte', high: 'lt' },
  outside: { joined: 'or', low: 'lt', high: 'gt' },
};

function equalTo(given: GValue): Test {
  if (typeof given === 'string' || typeof given === 'boolean' || given === null) return (value) => value === given;
  // There is a -0.0 that is no 0 in Java.
  if (typeof given === 'number' && given !== 0)
    return (value) => value === given || (value instanceof Num && isEqual(value, given));
  if (given instanceof Reference) return (value, ids) => isReferred(value, given, ids);
  return (value) => isEqual(value, given);
}

/** Most such lists are texts, or plain numbers. */
function oneOf(given: GValue): Test {
  const items = [...(membersOf(given) ?? [given])];
  if (items.every((item) => typeof item === 'string')) {
    const texts = new Set<GValue>(items);
    return (value) => texts.has(value);
  }
  if (items.every((item) => typeof item === 'number' && item !== 0)) {
    const numbers = new Set<GValue>(items.filter((item) => !Number.isNaN(item)));
    return (value) => numbers.has(value) || (value instanceof Num && items.some((item) => isEqual(value, item)));
  }
  return any(items.map(equalTo));
}

function ordered(name: 'gt' | 'gte' | 'lt' | 'lte', given: GValue): Test {
  const relation = relationNamed(name);
  const otherwise: Test = (value, ids) => relation(value, given, ids);
  if (typeof given !== 'number') return otherwise;
  switch (name) {
    case 'gt':
      return (value) => (typeof value === 'number' ? value > given : otherwise(value));
    case 'gte':
      return (value) => (typeof value === 'number' ? value >= given : otherwise(value));
    case 'lt':
      return (value) => (typeof value === 'number' ? value < given : otherwise(value));
    case 'lte':
      return (value) => (typeof value === 'number' ? value <= given : otherwise(value));
  }
}

/** A message names an element by its id; nobody looked it up. */
function isReferred(value: GValue, { names, id, label, value: held }: Reference, ids: Ids | undefined): boolean {
  if (names === 'property') return value instanceof Property && value.key === label && isEqual(value.value, held);
  if (names === 'vertexProperty') return value instanceof VertexProperty && isEqual(value.id, id);
  if (!isElement(value) || (value.kind === 'node') !== (names === 'vertex')) return false;
  return isEqual(ids === undefined ? value.id : ids.id(value), id);
}

function all(tests: readonly Test[]): Test {
  return (value, ids) => {
    for (const test of tests) if (!test(value, ids)) return false;
    return true;
  };
}

function any(tests: readonly Test[]): Test {
  return (value, ids) => {
    for (const test of tests) if (test(value, ids)) return true;
    return false;
  };
}

function negated(test: Test): Test {
  return (value, ids) => !test(value, ids);
}
