import { each, many } from '../forms/each.ts';
import { expandOf } from '../run/expand.ts';
import type { Traverser } from '../run/traverser.ts';
import { defineTraversalStep } from '../step.ts';

export const flatMap = defineTraversalStep({
  name: 'flatMap',
  doc: 'All that the traversal makes of each; the way there is not kept.',
  args: 'traversal',
  count: [1, 1],
  example: { query: 'g.V(1).flatMap(out().limit(2)).count()', gives: ['2'] },
  build(call, builder) {
    const { mark } = builder;
    const child = builder.child(call.args[0], call);
    const expand = expandOf(child.placed);
    if (expand !== undefined) {
      return {
        kind: 'flatMap',
        flatMap(traverser, run) {
          const ends: Traverser[] = [];
          expand(traverser.single(), run, ends);
          return ends.map(({ value }) => value);
        },
      };
    }
    return each(function* (traverser, run) {
      for (const end of child.run([traverser.single()], run)) {
        if (end === undefined) yield undefined;
        else if (end !== null) yield many(traverser.to(end.value, mark), end.bulk);
      }
    });
  },
});
