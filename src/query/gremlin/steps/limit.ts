import { defineTraversalStep } from '../step.ts';
import { isNumber, toNumber } from '../value/num.ts';

export const limit = defineTraversalStep({
  name: 'limit',
  doc: 'The first so many.',
  args: '[scope, ]count',
  count: [1, 2],
  example: { query: 'g.V().limit(2).count()', gives: ['2'] },
  build(call, builder) {
    const most = call.args.at(-1);
    const max = isNumber(most) ? toNumber(most) : 0;
    if (!isNumber(most)) builder.wrong(call, 'limit takes a number');
    return {
      kind: 'stream',
      *stream(input) {
        let left = max;
        if (left <= 0) return;
        for (const traverser of input) {
          if (traverser === undefined || traverser === null) {
            yield traverser;
            continue;
          }
          if (traverser.bulk >= left) {
            yield traverser.copy(left);
            return;
          }
          left -= traverser.bulk;
          yield traverser;
        }
      },
    };
  },
});
