import { type Condition, repeating } from '../branch/rounds.ts';
import type { Builder } from '../compile/builder.ts';
import type { Modulation, StepCall } from '../compile/calls.ts';
import { gathers, reduces } from '../compile/gathers.ts';
import { mayBulk } from '../compile/lazy-barrier.ts';
import { directly, questionOf } from '../judge/question.ts';
import { defineTraversalStep } from '../step.ts';
import { isNumber, toNumber } from '../value/num.ts';

export const repeat = defineTraversalStep({
  name: 'repeat',
  doc: 'Goes through a traversal again and again: so many `times`, or `until` something is so; with `emit`, what is there after each round comes out too.',
  args: '[name, ]traversal',
  count: [1, 2],
  modulators: ['times', 'until', 'emit'],
  example: { query: "g.V(1).repeat(out()).times(2).values('name')", gives: ['ripple', 'lop'] },
  build(call, builder) {
    const { mark } = builder;
    const [name, traversal] = call.args.length > 1 ? call.args : [undefined, call.args[0]];
    if (name !== undefined && typeof name !== 'string') builder.wrong(call, 'the name of a repeat is a text');
    const child = builder.child(traversal, call);
    if (reduces(traversal))
      builder.wrong(
        call,
        'The parent of a reducing/supplying barrier can not be repeat()-step',
        'put it into local(…)',
      );
    return repeating({
      name: typeof name === 'string' ? name : undefined,
      child,
      until: conditionOf(call, builder, ['until', 'times']),
      emit: conditionOf(call, builder, ['emit']),
      gathers: gathers(traversal),
      merges: mayBulk(builder),
      mark,
    });
  },
});

function conditionOf(call: StepCall, builder: Builder, names: readonly Modulation['name'][]): Condition | undefined {
  const first = call.before.filter(({ name }) => names.includes(name));
  const all = [...first, ...call.modulations.filter(({ name }) => names.includes(name))];
  const [modulation] = all;
  if (modulation === undefined) return undefined;
  if (all.length > 1) builder.wrong(call, `The repeat()-step already has its ${names[0]}()-modulator declared`);
  const isFirst = first.length > 0;
  const [argument] = modulation.args;
  if (modulation.name === 'times') {
    const times = isNumber(argument) ? toNumber(argument) : 0;
    if (!isNumber(argument)) builder.wrong(modulation, 'times takes a number');
    return { question: directly(({ loops }) => (loops?.count ?? 0) >= times), isFirst };
  }
  if (argument === undefined) return { question: directly(() => true), isFirst };
  return { question: questionOf(argument, modulation, builder), isFirst };
}
