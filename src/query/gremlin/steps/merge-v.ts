import { defineTraversalStep } from '../step.ts';
import { tokens } from '../value/token.ts';
import { findVertices } from '../write/find-vertices.ts';
import { propertiesOf } from '../write/merge-map.ts';
import { type Merging, mergeWords, merging } from '../write/merging.ts';

export const mergeV = defineTraversalStep({
  name: 'mergeV',
  doc: 'The vertices that the map describes; where there is none, a new one.',
  args: '[map]',
  count: [0, 1],
  place: ['start', 'step'],
  modulators: ['option', 'with'],
  writes: true,
  example: {
    query: "g.mergeV([name: 'marko']).option(onMatch, [age: 30]).values('age')",
    gives: ['30'],
  },
  build: (call, builder) => merging(mergeWords(call, builder), vertices, builder),
});

const vertices: Merging = {
  // biome-ignore lint/correctness/useYield: nothing stands for something else here.
  *resolved(map) {
    return map;
  },
  find: findVertices,
  create(all, run) {
    const label = (all.get(tokens.T.label) ?? 'vertex') as string;
    return run.writer().addVertex(label, all.get(tokens.T.id), propertiesOf(all));
  },
};
