import { each, named } from '../forms/each.ts';
import { expandOf } from '../run/expand.ts';
import type { Traverser } from '../run/traverser.ts';
import { defineTraversalStep } from '../step.ts';

export const local = defineTraversalStep({
  name: 'local',
  doc: 'What the traversal makes of each alone: a limit, count or order within it begins anew with each.',
  args: 'traversal',
  count: [1, 1],
  example: { query: 'g.V().local(outE().count())', gives: ['3', '0', '0', '2', '0', '1'] },
  build(call, builder) {
    const { mark } = builder;
    const child = builder.child(call.args[0], call);
    const expand = expandOf(child.placed);
    if (expand !== undefined) {
      return each((traverser, run) => {
        const ends: Traverser[] = [];
        expand(traverser, run, ends);
        return mark.labels.length === 0 ? ends : ends.map((end) => end.named(mark));
      });
    }
    return each(function* (traverser, run) {
      // Each that is counted here goes alone.
      for (let count = 0; count < traverser.bulk; count++) {
        if (run.budget.spend()) yield undefined;
        for (const end of child.run([traverser.single()], run)) if (end !== null) yield end && named(end, mark);
      }
    });
  },
});
