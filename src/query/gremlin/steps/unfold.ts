import { defineTraversalStep } from '../step.ts';
import { partsOf } from '../value/members.ts';

export const unfold = defineTraversalStep({
  name: 'unfold',
  doc: 'What a list, a set, a path or a map holds, one by one; what is none of these, as it is.',
  args: '',
  count: [0, 0],
  example: { query: 'g.inject([1, 2]).unfold()', gives: ['1', '2'] },
  build: () => ({ kind: 'flatMap', flatMap: ({ value }) => partsOf(value) ?? [value] }),
});
