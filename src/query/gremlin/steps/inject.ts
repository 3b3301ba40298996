import { Traverser } from '../run/traverser.ts';
import { defineTraversalStep } from '../step.ts';

export const inject = defineTraversalStep({
  name: 'inject',
  doc: 'Values of your own, before all that comes.',
  args: 'value, …',
  count: [0, Number.POSITIVE_INFINITY],
  place: ['start', 'step'],
  example: { query: 'g.inject(1, 2)', gives: ['1', '2'] },
  build(call, builder) {
    const values = builder.values(call);
    const { mark } = builder;
    const sack = builder.options.sack?.value;
    return {
      kind: 'stream',
      *stream(input, run) {
        // At the beginning of an argument: what the traversal is asked about is there before.
        const isBehind = call.isFirst && !call.isStart;
        if (isBehind) yield* input;
        for (const value of values) {
          if (run.budget.spend()) yield undefined;
          yield new Traverser(null, 1, undefined, sack).to(value, mark);
        }
        // What starts a traversal takes nothing.
        if (!call.isStart && !isBehind) yield* input;
      },
    };
  },
});
