import { given } from '../arguments/given.ts';
import { mapping } from '../forms/waiting.ts';
import { defineTraversalStep } from '../step.ts';

export const constant = defineTraversalStep({
  name: 'constant',
  doc: 'The same value in place of each.',
  args: 'value',
  count: [1, 1],
  example: { query: "g.V(1).constant('x')", gives: ['x'] },
  build(call, builder) {
    const what = given(call.args[0], call, builder);
    const { constant: value } = what;
    if (value !== undefined) return { kind: 'map', map: () => value };
    return mapping({ isDirect: what.isDirect, mark: builder.mark }, (traverser, run) => what.ask(traverser, run));
  },
});
