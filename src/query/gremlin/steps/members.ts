import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { type Test, testOf } from '../judge/test-of.ts';
import { defineTraversalStep, type FilterOp } from '../step.ts';
import { membersOf } from '../value/members.ts';
import { Predicate } from '../value/predicate.ts';

export const all = defineTraversalStep({
  name: 'all',
  doc: 'Collections each member of which passes a test.',
  args: 'predicate',
  count: [1, 1],
  example: { query: "g.V().values('age').fold().all(gt(18)).count()", gives: ['1'] },
  build: (call, builder) => ofMembers(call, builder, (members, passes) => members.every(passes)),
});

export const any = defineTraversalStep({
  name: 'any',
  doc: 'Collections one member of which passes a test.',
  args: 'predicate',
  count: [1, 1],
  example: { query: "g.V().values('age').fold().any(gt(34)).count()", gives: ['1'] },
  build: (call, builder) => ofMembers(call, builder, (members, passes) => members.some(passes)),
});

/** Before TinkerPop 3.8, and so in what older drivers send, `none()` was what `discard()` is. */
export const none = defineTraversalStep({
  name: 'none',
  doc: 'Collections no member of which passes a test; without a test nothing at all.',
  args: '[predicate]',
  count: [0, 1],
  example: { query: "g.V().values('age').fold().none(gt(40)).count()", gives: ['1'] },
  build: (call, builder) =>
    call.args.length === 0 ? NOTHING_PASSES : ofMembers(call, builder, (members, passes) => !members.some(passes)),
});

export const discard = defineTraversalStep({
  name: 'discard',
  doc: 'Nothing: all is done, and none of it comes out.',
  args: '',
  count: [0, 0],
  example: { query: 'g.V().discard().count()', gives: ['0'] },
  build: () => NOTHING_PASSES,
});

const NOTHING_PASSES: FilterOp = { kind: 'filter', accepts: () => false };

/** What is no collection never passes. */
function ofMembers(
  call: StepCall,
  builder: Builder,
  holds: (members: readonly Parameters<Test>[0][], passes: (member: Parameters<Test>[0]) => boolean) => boolean,
): FilterOp {
  const [predicate] = call.args;
  if (!(predicate instanceof Predicate)) builder.wrong(call, `${call.name} takes a predicate`, `${call.name}(gt(5))`);
  const test = testOf(builder.value(predicate, call));
  return {
    kind: 'filter',
    accepts(value, { model }) {
      const members = membersOf(value);
      return members !== undefined && holds([...members], (member) => test(member, model));
    },
  };
}
