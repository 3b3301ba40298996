/** `Operator.sum` and its like: two values to one, for sacks and side-effects. */
import { mistake } from '../../../std/mistake.ts';
import { add, divide, larger, multiply, smaller, subtract } from './arithmetic.ts';
import { GMap, GSet } from './collections.ts';
import { isList } from './identity.ts';
import { javaType } from './java-type.ts';
import { membersOf } from './members.ts';
import { type AnyNumber, isNumber, long } from './num.ts';
import type { Token } from './token.ts';
import { BulkSet, type GValue } from './value.ts';

export type Operator = (a: GValue, b: GValue) => GValue;

export function operatorOf(token: Token): Operator {
  const found = token.type === 'Operator' ? operators.get(token.name) : undefined;
  if (found === undefined) throw mistake('gremlin.argument', `${token.type}.${token.name} joins no two values`);
  return found;
}

/** Null stays what it is, and is nothing to add: 1 + null = 1, null + 1 = null. */
function ofNumbers(operation: (a: AnyNumber, b: AnyNumber) => AnyNumber): Operator {
  return (a, b) => {
    if (a === null || b === null) return a;
    return operation(numberOf(a), numberOf(b));
  };
}

/** The one that is not null. */
function best(operation: (a: AnyNumber, b: AnyNumber) => AnyNumber): Operator {
  return (a, b) => {
    if (a === null || b === null) return a ?? b;
    return operation(numberOf(a), numberOf(b));
  };
}

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['sum', ofNumbers(add)],
  ['minus', ofNumbers(subtract)],
  ['mult', ofNumbers(multiply)],
  ['div', ofNumbers((a, b) => divide(a, b))],
  ['min', best(smaller)],
  ['max', best(larger)],
  ['assign', (_before, more) => more],
  ['and', (a, b) => truth(a) && truth(b)],
  ['or', (a, b) => truth(a) || truth(b)],
  ['addAll', together],
  ['sumLong', (a, b) => add(add(long(0), numberOf(a)), numberOf(b))],
]);

export function numberOf(value: GValue): AnyNumber {
  if (isNumber(value)) return value;
  throw mistake('gremlin.type', `${javaType(value)} cannot be cast to Number`);
}

function truth(value: GValue): boolean {
  if (typeof value === 'boolean') return value;
  throw mistake('gremlin.type', `${javaType(value)} cannot be cast to Boolean`);
}

/** What the first is decides what comes of it. */
function together(a: GValue, b: GValue): GValue {
  if (a === null || b === null) return a ?? b;
  if (a instanceof GMap && b instanceof GMap) return new GMap([...a, ...b]);
  const more = collected(b);
  if (isList(a)) return [...a, ...more];
  if (a instanceof GSet) return new GSet([...a, ...more]);
  if (a instanceof BulkSet) {
    const counts = new GMap(a.counts);
    for (const value of more) counts.set(value, ((counts.get(value) as number | undefined) ?? 0) + 1);
    return new BulkSet(counts);
  }
  throw mistake('gremlin.type', `${javaType(a)} cannot be cast to Collection`);
}

function collected(value: GValue): Iterable<GValue> {
  const members = membersOf(value);
  if (members === undefined) throw mistake('gremlin.type', `${javaType(value)} cannot be cast to Collection`);
  return members;
}
