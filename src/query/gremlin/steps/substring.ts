import { unscoped } from '../arguments/local.ts';
import { textOp } from '../forms/text.ts';
import { defineTraversalStep } from '../step.ts';
import { isNumber, toNumber } from '../value/num.ts';

export const substring = defineTraversalStep({
  name: 'substring',
  doc: 'A part of a text; what is negative counts from its end; with local, those of a list.',
  args: '[scope, ]from[, to]',
  count: [1, 3],
  example: { query: "g.V(1).values('name').substring(1, 3)", gives: ['ar'] },
  build(call, builder) {
    const [from = null, to] = unscoped(call);
    if (!isNumber(from) || (to !== undefined && !isNumber(to))) builder.wrong(call, 'substring takes whole numbers');
    const [start, end] = [from, to].map((at) => (isNumber(at) ? toNumber(at) : undefined));
    return textOp(call, (text) => text.slice(start, end));
  },
});
