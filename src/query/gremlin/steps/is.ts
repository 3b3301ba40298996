import { testOf } from '../judge/test-of.ts';
import { defineTraversalStep } from '../step.ts';

export const is = defineTraversalStep({
  name: 'is',
  doc: 'Values that are this one, or pass a test.',
  args: 'value or predicate',
  count: [1, 1],
  example: { query: "g.V().values('age').is(gt(30))", gives: ['32', '35'] },
  build(call, builder) {
    const test = testOf(builder.value(call.args[0], call));
    return { kind: 'filter', accepts: (value, run) => test(value, run.model) };
  },
});
