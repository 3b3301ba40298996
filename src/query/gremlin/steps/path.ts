import { partOfWay } from '../forms/part-of-way.ts';
import { mapping } from '../forms/waiting.ts';
import { defineTraversalStep, NOTHING } from '../step.ts';

export const path = defineTraversalStep({
  name: 'path',
  doc: 'The way each came, with what `by` reads of each place.',
  args: '',
  count: [0, 0],
  modulators: ['by', 'from', 'to'],
  tracking: 'all',
  example: { query: "g.V(1).out('knows').path().by('name')", gives: ['path[marko, vadas]', 'path[marko, josh]'] },
  build(call, builder) {
    const way = partOfWay(call, builder);
    if (way.isIdentity) return { kind: 'map', map: ({ trail }) => (trail === undefined ? NOTHING : way.of(trail)) };
    return mapping({ isDirect: way.isDirect, mark: builder.mark }, function* ({ trail }, run) {
      return trail === undefined ? NOTHING : yield* way.read(trail, run);
    });
  },
});
