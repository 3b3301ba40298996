import { defineTraversalStep } from '../step.ts';
import { membersOf } from '../value/members.ts';

export const reverse = defineTraversalStep({
  name: 'reverse',
  doc: 'A text, or a list, from its end to its beginning.',
  args: '',
  count: [0, 0],
  example: { query: "g.V(1).values('name').reverse()", gives: ['okram'] },
  build: () => ({
    kind: 'map',
    map({ value }) {
      if (typeof value === 'string') return Array.from(value).reverse().join('');
      const members = membersOf(value);
      return members === undefined ? value : Array.from(members).reverse();
    },
  }),
});
