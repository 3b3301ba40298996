import { each, named } from '../forms/each.ts';
import { defineTraversalStep } from '../step.ts';
import { isNumber, toNumber } from '../value/num.ts';

export const coin = defineTraversalStep({
  name: 'coin',
  doc: 'Each with such a probability: 0 none, 1 all.',
  args: 'probability',
  count: [1, 1],
  example: { query: 'g.V().coin(1.0).count()', gives: ['6'] },
  build(call, builder) {
    const { mark } = builder;
    const [given] = call.args;
    if (!isNumber(given)) builder.wrong(call, 'coin takes a probability', 'coin(0.5)');
    const probability = isNumber(given) ? toNumber(given) : 0;
    return each(function* (traverser, run) {
      let passed = 0;
      // A throw for each that it stands for.
      for (let count = 0; count < traverser.bulk; count++) {
        if (run.budget.spend()) yield undefined;
        if (run.random() < probability) passed++;
      }
      if (passed > 0) yield named(passed === traverser.bulk ? traverser : traverser.copy(passed), mark);
    });
  },
});
