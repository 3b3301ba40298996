import type { By } from '../arguments/by.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { passing } from '../forms/waiting.ts';
import type { Run } from '../run/run.ts';
import { addInto } from '../run/side-effects.ts';
import type { Mark, Traverser } from '../run/traverser.ts';
import { defineTraversalStep, type Items, NOTHING, type Op } from '../step.ts';
import { GMap } from '../value/collections.ts';
import { operatorOf } from '../value/operator.ts';
import { tokens } from '../value/token.ts';
import { BulkSet, type GValue } from '../value/value.ts';

export const aggregate = defineTraversalStep({
  name: 'aggregate',
  doc: 'Puts all that come aside under a name, and then lets them pass; with local each as it comes.',
  args: '[scope, ]side-effect',
  count: [1, 2],
  modulators: ['by'],
  example: { query: "g.V().aggregate('x').by('lang').cap('x')", gives: ['{java=2}'] },
  build(call, builder) {
    const [scope] = call.args;
    const isLocal = call.args.length > 1 && scope === tokens.Scope.local;
    return build(call, builder, isLocal);
  },
});

export const store = defineTraversalStep({
  name: 'store',
  doc: 'Puts each aside under a name as it comes: aggregate with local.',
  args: 'side-effect',
  count: [1, 1],
  modulators: ['by'],
  example: { query: "g.V().store('x').by('lang').limit(1).cap('x')", gives: ['{}'] },
  build: (call, builder) => build(call, builder, true),
});

function build(call: StepCall, builder: Builder, isLocal: boolean): Op {
  const name = call.args.at(-1);
  const by = builder.oneBy(call);
  if (typeof name !== 'string') {
    builder.wrong(call, `${call.name} takes the name of a side-effect`);
    return { kind: 'filter', accepts: () => true };
  }
  builder.declares(name, () => new BulkSet(new GMap()));
  const how = joiningOf(name, builder);
  const { mark } = builder;
  if (!isLocal) return { kind: 'stream', stream: (input, run) => allAtOnce(input, { name, by, how, mark }, run) };
  return passing({ isDirect: by.direct !== undefined, mark }, function* (traverser, run) {
    yield* put(name, [traverser], by, how, run);
    return true;
  });
}

interface Aggregate {
  readonly name: string;
  readonly by: By;
  readonly how: How;
  readonly mark: Mark;
}

/** What comes waits until all have come, or until a round of a repeat is over. */
function* allAtOnce(input: Items, { name, by, how, mark }: Aggregate, run: Run): Items {
  let all: Traverser[] = [];
  const { budget } = run;
  for (const traverser of input) {
    if (traverser === undefined) yield undefined;
    else if (traverser !== null) {
      all.push(traverser);
      budget.hold(1);
    } else {
      yield* put(name, all, by, how, run);
      yield* released(all, mark);
      budget.hold(-all.length);
      all = [];
      yield null;
    }
  }
  yield* put(name, all, by, how, run);
  yield* released(all, mark);
  budget.hold(-all.length);
}

function* released(all: readonly Traverser[], mark: Mark): Items {
  if (mark.labels.length === 0) yield* all;
  else for (const traverser of all) yield traverser.named(mark);
}

/** With an operator that joins numbers, each value goes into it; else values are added to a collection. */
type How = 'added' | 'assigned' | 'joined';

function joiningOf(name: string, { options }: Builder): How {
  const join = options.sideEffects.find((sideEffect) => sideEffect.name === name)?.join;
  if (join === undefined || join === tokens.Operator.addAll) return 'added';
  return join === tokens.Operator.assign ? 'assigned' : 'joined';
}

function* put(name: string, all: readonly Traverser[], by: By, how: How, run: Run): Generator<undefined, void> {
  const { sideEffects, budget } = run;
  let assigned: GValue | undefined;
  for (const traverser of all) {
    if (budget.spend()) yield undefined;
    const value = by.direct === undefined ? yield* by.value(traverser, run) : by.direct(traverser, run);
    if (value === NOTHING) continue;
    const { bulk } = traverser;
    if (how === 'joined') {
      for (let count = 0; count < bulk; count++) sideEffects.add(name, value, operatorOf(tokens.Operator.sum));
    } else if (how === 'assigned') assigned = addInto(assigned ?? new BulkSet(new GMap()), value, bulk);
    else {
      const before = sideEffects.get(name) as GValue;
      const after = addInto(before, value, bulk);
      if (after !== before) sideEffects.set(name, after);
      budget.hold(1);
    }
  }
  if (assigned !== undefined) sideEffects.set(name, assigned);
}
