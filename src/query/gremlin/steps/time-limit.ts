import { defineTraversalStep } from '../step.ts';
import { isNumber, toNumber } from '../value/num.ts';

export const timeLimit = defineTraversalStep({
  name: 'timeLimit',
  doc: 'What comes within so many milliseconds of the first.',
  args: 'milliseconds',
  count: [1, 1],
  example: { query: 'g.V().timeLimit(60000).count()', gives: ['6'] },
  build(call, builder) {
    const [given] = call.args;
    if (!isNumber(given)) builder.wrong(call, 'timeLimit takes milliseconds');
    const mostMs = isNumber(given) ? toNumber(given) : 0;
    const { mark } = builder;
    return {
      kind: 'stream',
      *stream(input, { budget }) {
        let startMs: number | undefined;
        for (const traverser of input) {
          // Also where nothing came of long work.
          if (startMs !== undefined && budget.elapsedMs - startMs >= mostMs) return;
          if (traverser === undefined || traverser === null) yield traverser;
          else {
            startMs ??= budget.elapsedMs;
            if (mostMs <= 0) return;
            yield mark.labels.length > 0 ? traverser.named(mark) : traverser;
          }
        }
      },
    };
  },
});
