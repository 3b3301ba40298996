/** Steps of texts: `toUpper()` of each text that comes, `toUpper(local)` of each in a list too. Null stays null. */
import { mistake } from '../../../std/mistake.ts';
import { isLocal } from '../arguments/local.ts';
import type { StepCall } from '../compile/calls.ts';
import type { MapOp } from '../step.ts';
import { javaType } from '../value/java-type.ts';
import { membersOf } from '../value/members.ts';
import type { GValue } from '../value/value.ts';

export function textOp(call: StepCall, change: (text: string) => GValue): MapOp {
  const { name } = call;
  if (!isLocal(call)) {
    const one = (value: GValue): GValue => {
      if (typeof value === 'string') return change(value);
      if (value === null) return null;
      throw wrong(`The ${name}() step can only take string as argument`, value);
    };
    return { kind: 'map', map: ({ value }) => one(value) };
  }
  const item = (value: GValue): GValue => {
    if (typeof value === 'string') return change(value);
    if (value === null) return null;
    throw wrong(`The ${name}(local) step can only take string or list of strings`, value);
  };
  return {
    kind: 'map',
    map({ value }) {
      const members = membersOf(value);
      return members === undefined ? item(value) : Array.from(members, item);
    },
  };
}

function wrong(what: string, value: GValue) {
  return mistake('gremlin.type', `${what}, encountered ${javaType(value)}`);
}
