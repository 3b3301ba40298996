import { each, named } from '../forms/each.ts';
import { expandOf } from '../run/expand.ts';
import type { Traverser } from '../run/traverser.ts';
import { defineTraversalStep } from '../step.ts';

export const optional = defineTraversalStep({
  name: 'optional',
  doc: 'What the traversal makes of each, or each as it is where nothing comes of it.',
  args: 'traversal',
  count: [1, 1],
  example: { query: "g.V(2).optional(out('knows')).values('name')", gives: ['vadas'] },
  build(call, builder) {
    const { mark } = builder;
    const child = builder.child(call.args[0], call);
    const expand = expandOf(child.placed);
    if (expand !== undefined) {
      return each((traverser, run) => {
        const ends: Traverser[] = [];
        expand(traverser.copy(), run, ends);
        if (ends.length === 0) ends.push(traverser);
        return mark.labels.length === 0 ? ends : ends.map((end) => end.named(mark));
      });
    }
    return each(function* (traverser, run) {
      let isEmpty = true;
      for (const end of child.run([traverser.copy()], run)) {
        if (end === undefined) yield undefined;
        else if (end !== null) {
          isEmpty = false;
          yield named(end, mark);
        }
      }
      if (isEmpty) yield named(traverser, mark);
    });
  },
});
