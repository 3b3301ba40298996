import { defineTraversalStep, NOTHING } from '../step.ts';
import type { Trail } from '../traverser.ts';
import { type GValue, Path } from '../value/value.ts';

export const path = defineTraversalStep({
  name: 'path',
  doc: 'The way each came, with what `by` reads of each place.',
  args: '',
  count: [0, 0],
  modulators: ['by', 'from', 'to'],
  tracking: 'all',
  example: { query: "g.V(1).out('knows').path().by('name')", gives: ['path[marko, vadas]', 'path[marko, josh]'] },
  build: () => ({ kind: 'map', map: ({ trail }) => (trail === undefined ? NOTHING : pathOf(trail)) }),
});

function pathOf(trail: Trail): Path {
  const objects: GValue[] = new Array(trail.length);
  const labels: (readonly string[])[] = new Array(trail.length);
  for (let at: Trail | undefined = trail; at !== undefined; at = at.before) {
    objects[at.length - 1] = at.value;
    labels[at.length - 1] = at.labels;
  }
  return new Path(objects, labels);
}
