/** `Operator.sum` and its like: two values to one, for sacks and side-effects. */
import { mistake } from '../../../std/mistake.ts';
import type { Token } from './token.ts';
import type { GValue } from './value.ts';

export type Operator = (a: GValue, b: GValue) => GValue;

export function operatorOf(token: Token): Operator {
  const found = operators.get(token.name);
  if (found === undefined) throw mistake('gremlin.argument', `${token.type}.${token.name} joins no two values`);
  return found;
}

const operators = new Map<string, Operator>([['assign', (_before, more) => more]]);
