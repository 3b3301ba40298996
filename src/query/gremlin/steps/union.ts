import { branching } from '../branch/ways.ts';
import { gathers } from '../compile/gathers.ts';
import { defineTraversalStep } from '../step.ts';

export const union = defineTraversalStep({
  name: 'union',
  doc: 'What comes of each of the traversals, one after the other.',
  args: '[traversal, …]',
  count: [0, Number.POSITIVE_INFINITY],
  place: ['start', 'step'],
  example: { query: "g.V(4).union(in(), out()).values('name')", gives: ['marko', 'ripple', 'lop'] },
  build(call, builder) {
    const { mark } = builder;
    // At the start, what stands in it is at the start as well.
    const ways = call.args.map((arg) => builder.child(arg, call, { isStart: call.isStart }));
    const all = ways.map((_way, at) => at);
    return branching(ways, { direct: () => all, choose: nothing }, { gathers: gathers(call.args), mark });
  },
});

// biome-ignore lint/correctness/useYield: it is never asked.
function* nothing() {
  return [];
}
