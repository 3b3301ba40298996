import { textOp } from '../forms/text.ts';
import { defineTraversalStep } from '../step.ts';

export const length = defineTraversalStep({
  name: 'length',
  doc: 'How long a text is; with local, those of a list.',
  args: '[scope]',
  count: [0, 1],
  example: { query: "g.V(1).values('name').length()", gives: ['5'] },
  build: (call) => textOp(call, (text) => text.length),
});
