import { unscoped } from '../arguments/local.ts';
import { textOp } from '../forms/text.ts';
import { defineTraversalStep } from '../step.ts';

export const split = defineTraversalStep({
  name: 'split',
  doc: 'The pieces of a text between separators; of null: between blanks; with local, those of each text of a list.',
  args: '[scope, ]separator',
  count: [1, 2],
  example: { query: "g.V(1).values('name').split('r')", gives: ['[ma, ko]'] },
  build(call, builder) {
    const [separator] = unscoped(call);
    if (typeof separator === 'string')
      return separator === ''
        ? textOp(call, (text) => Array.from(text))
        : // Separators that follow one another count as one.
          textOp(call, (text) => text.split(separator).filter((piece) => piece !== ''));
    if (separator !== null) builder.wrong(call, 'split takes a text');
    return textOp(call, (text) => text.split(/\s+/).filter((piece) => piece !== ''));
  },
});
