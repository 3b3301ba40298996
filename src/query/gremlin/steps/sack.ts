import { defineTraversalStep, type Items, NOTHING } from '../step.ts';
import { operatorOf } from '../value/operator.ts';
import { Token } from '../value/token.ts';

export const sack = defineTraversalStep({
  name: 'sack',
  doc: 'What each carries; with an operator, puts what `by` reads into it.',
  args: '[operator]',
  count: [0, 1],
  modulators: ['by'],
  example: { query: "g.withSack(1).V(1).outE('knows').sack(sum).by('weight').sack()", gives: ['1.5', '2.0'] },
  build(call, builder) {
    const [operator] = call.args;
    if (operator === undefined) return { kind: 'map', map: (traverser) => traverser.sack ?? null };
    const by = builder.oneBy(call);
    if (!(operator instanceof Token) || operator.type !== 'Operator') {
      builder.wrong(call, 'sack takes an operator, such as sum');
      return { kind: 'filter', accepts: () => true };
    }
    const join = operatorOf(operator);
    const { mark } = builder;
    return {
      kind: 'stream',
      *stream(input, run): Items {
        for (const traverser of input) {
          if (traverser === undefined || traverser === null) {
            yield traverser;
            continue;
          }
          if (run.budget.spend()) yield undefined;
          const value = by.direct === undefined ? yield* by.value(traverser, run) : by.direct(traverser, run);
          if (value === NOTHING) continue;
          // Others may come from the same place with what it carried before.
          const next = mark.labels.length > 0 ? traverser.named(mark) : traverser.copy();
          next.sack = join(traverser.sack ?? null, value);
          yield next;
        }
      },
    };
  },
});
