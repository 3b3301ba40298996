import { defineTraversalStep } from '../step.ts';

export const identity = defineTraversalStep({
  name: 'identity',
  doc: 'What comes, as it is.',
  args: '',
  count: [0, 0],
  example: { query: 'g.V(1).identity().values("name")', gives: ['marko'] },
  build: () => ({ kind: 'filter', accepts: () => true }),
});
