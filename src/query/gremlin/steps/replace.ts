import { unscoped } from '../arguments/local.ts';
import { textOp } from '../forms/text.ts';
import { defineTraversalStep } from '../step.ts';
import { checkTextLength } from '../value/text-length.ts';

export const replace = defineTraversalStep({
  name: 'replace',
  doc: 'A text with another in place of each that is found in it; with local, those of a list.',
  args: '[scope, ]old, new',
  count: [2, 3],
  example: { query: "g.V(1).values('name').replace('mar', 'har')", gives: ['harko'] },
  build(call, builder) {
    const [old, by] = unscoped(call);
    if ((typeof old !== 'string' && old !== null) || (typeof by !== 'string' && by !== null))
      builder.wrong(call, 'replace takes two texts');
    // Nothing is found of null or of no text, and null replaces nothing.
    if (typeof old !== 'string' || typeof by !== 'string' || old === '') return textOp(call, (text) => text);
    return textOp(call, (text) => {
      if (by.length > old.length) checkTextLength(text.length + timesIn(text, old) * (by.length - old.length));
      return text.replaceAll(old, () => by);
    });
  },
});

function timesIn(text: string, part: string): number {
  let times = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) times++;
  return times;
}
