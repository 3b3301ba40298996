import { mapping } from '../forms/waiting.ts';
import { defineTraversalStep } from '../step.ts';

export const map = defineTraversalStep({
  name: 'map',
  doc: 'The first that the traversal makes of each.',
  args: 'traversal',
  count: [1, 1],
  example: { query: "g.V(1).map(out('knows').values('name'))", gives: ['vadas'] },
  build(call, builder) {
    const { mark } = builder;
    const child = builder.child(call.args[0], call);
    if (child.direct !== undefined) return { kind: 'map', map: child.direct };
    return mapping({ isDirect: false, mark }, (traverser, run) => child.first(traverser, run));
  },
});
