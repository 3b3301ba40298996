/** Steps that make something of two lists: the one that comes, and the one they are given. */
import { mistake } from '../../../std/mistake.ts';
import { type Given, given } from '../arguments/given.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import type { Run } from '../run/run.ts';
import type { Op } from '../step.ts';
import { GMap } from '../value/collections.ts';
import { javaType } from '../value/java-type.ts';
import { membersOf, sizeOf } from '../value/members.ts';
import type { GValue } from '../value/value.ts';
import { mapping } from './waiting.ts';

export type Joined = (left: Iterable<GValue>, right: Iterable<GValue>, run: Run) => GValue;

/** `maps`: what comes of two maps, where the step takes them too. Throws TinkerPop's own words for what is no list. */
export function twoLists(call: StepCall, builder: Builder, join: Joined, maps?: (a: GMap, b: GMap) => GValue): Op {
  const { name } = call;
  const other = given(call.args[0], call, builder);
  const { constant } = other;
  const isMap = maps !== undefined && constant instanceof GMap;
  if (constant === null) builder.wrong(call, `Argument provided for ${name} step can't be null`);
  else if (constant !== undefined && !isMap && membersOf(constant) === undefined)
    builder.wrong(
      call,
      `${name} step can only take an array or an Iterable as an argument, encountered ${javaType(constant)}`,
    );
  return mapping({ isDirect: other.isDirect, mark: builder.mark }, function* (traverser, run) {
    const { value } = traverser;
    if (maps !== undefined && value instanceof GMap) {
      const map = yield* other.ask(traverser, run);
      if (map instanceof GMap) return maps(value, map);
      throw wrong(`${name} step expected provided argument to evaluate to a Map, encountered ${javaType(map)}`);
    }
    const left = incoming(value, name);
    const joined = join(left, argument(yield* other.ask(traverser, run), name, other), run);
    // A list that is joined with itself again and again doubles each time.
    const size = sizeOf(joined);
    run.budget.hold(size);
    run.budget.hold(-size);
    return joined;
  });
}

export function incoming(value: GValue, name: string): Iterable<GValue> {
  if (value === null) throw wrong(`Incoming traverser for ${name} step can't be null`);
  const members = membersOf(value);
  if (members !== undefined) return members;
  throw wrong(
    `${name} step can only take an array or an Iterable type for incoming traversers, encountered ${javaType(value)}`,
  );
}

function argument(value: GValue, name: string, { isConstant }: Given): Iterable<GValue> {
  const members = membersOf(value);
  if (members !== undefined) return members;
  throw wrong(
    isConstant
      ? `${name} step can only take an array or an Iterable as an argument, encountered ${javaType(value)}`
      : value === null
        ? `traversal argument for ${name} step must yield an iterable type, not null`
        : `traversal argument for ${name} step must yield an iterable type, encountered ${javaType(value)}`,
  );
}

function wrong(message: string) {
  return mistake('gremlin.type', message);
}
