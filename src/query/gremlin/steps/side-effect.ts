import { each, named } from '../forms/each.ts';
import { expandOf } from '../run/expand.ts';
import { defineTraversalStep } from '../step.ts';

export const sideEffect = defineTraversalStep({
  name: 'sideEffect',
  doc: 'Runs the traversal for what it does; each passes as it came.',
  args: 'traversal',
  count: [1, 1],
  example: { query: "g.V(1).sideEffect(out().aggregate('x')).cap('x').count(local)", gives: ['3'] },
  build(call, builder) {
    const { mark } = builder;
    const child = builder.child(call.args[0], call);
    const expand = expandOf(child.placed);
    if (expand !== undefined) {
      return {
        kind: 'filter',
        test(traverser, run) {
          expand(traverser.copy(), run, []);
          return true;
        },
      };
    }
    return each(function* (traverser, run) {
      for (const done of child.run([traverser.copy()], run)) if (done === undefined) yield undefined;
      yield named(traverser, mark);
    });
  },
});
