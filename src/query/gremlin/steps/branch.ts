import { readOptions } from '../branch/options.ts';
import { branching } from '../branch/ways.ts';
import { gathers } from '../compile/gathers.ts';
import { defineTraversalStep } from '../step.ts';

export const branch = defineTraversalStep({
  name: 'branch',
  doc: 'Each way whose option fits what the traversal says; `any` fits all, `none` where no other fits.',
  args: 'traversal or token',
  count: [1, 1],
  modulators: ['option'],
  example: {
    query: "g.V(1, 3).branch(label()).option('person', values('name')).option('software', values('lang'))",
    gives: ['marko', 'java'],
  },
  build(call, builder) {
    const { mark } = builder;
    const { ways, choice } = readOptions(call, builder, { isExclusive: false });
    return branching(ways, choice, { gathers: gathers(call.modulations.flatMap(({ args }) => args)), mark });
  },
});
