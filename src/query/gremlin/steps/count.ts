import { isLocal } from '../arguments/local.ts';
import { defineTraversalStep } from '../step.ts';
import { sizeOf } from '../value/members.ts';
import { long } from '../value/num.ts';

export const count = defineTraversalStep({
  name: 'count',
  doc: 'How many come; with local, how many a collection holds.',
  args: '[scope]',
  count: [0, 1],
  example: { query: 'g.V().count()', gives: ['6'] },
  build: (call) =>
    isLocal(call)
      ? { kind: 'map', map: ({ value }) => long(sizeOf(value)) }
      : {
          kind: 'reduce',
          tallies: true,
          start: () => {
            let total = 0;
            return { add: ({ bulk }) => (total += bulk), result: () => long(total) };
          },
        },
});
