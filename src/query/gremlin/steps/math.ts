import { mistake } from '../../../std/mistake.ts';
import { identityBy } from '../arguments/by.ts';
import { mapping } from '../forms/waiting.ts';
import { type Expression, parseExpression } from '../math/expression.ts';
import { constants } from '../math/functions.ts';
import { scopeValue } from '../read/scope.ts';
import { Traverser } from '../run/traverser.ts';
import { defineTraversalStep, NOTHING } from '../step.ts';
import { javaType } from '../value/java-type.ts';
import { double, isNumber, toNumber } from '../value/num.ts';

export const math = defineTraversalStep({
  name: 'math',
  doc: 'Calculates with `_` (what comes) and with names of places, side-effects and keys of a map; a `by` for each of them.',
  args: 'expression',
  count: [1, 1],
  modulators: ['by'],
  tracking: ([text]) => (typeof text === 'string' && asksNames(text) ? 'named' : 'none'),
  example: { query: "g.V(1).values('age').math('_ * 2 + 1')", gives: ['59.0'] },
  build(call, builder) {
    const [text] = call.args;
    if (typeof text !== 'string') builder.wrong(call, 'math takes a text');
    const { variables, evaluate } = typeof text === 'string' ? parseExpression(text) : EMPTY;
    const found = builder.bys(call);
    const bys = found.length > 0 ? found : [identityBy()];
    return mapping(
      { isDirect: bys.every(({ direct }) => direct !== undefined), mark: builder.mark },
      function* (traverser, run) {
        const values: number[] = [];
        let next = 0;
        for (const name of variables) {
          const of = name === '_' ? traverser : named(scopeValue(traverser, name, 'last', run), traverser);
          if (of === undefined) {
            const constant = constants.get(name);
            if (constant !== undefined) {
              values.push(constant);
              continue;
            }
          }
          const by = bys[next++ % bys.length] ?? identityBy();
          const from = of ?? named(null, traverser) ?? traverser;
          const value = by.direct === undefined ? yield* by.value(from, run) : by.direct(from, run);
          if (value === NOTHING) return NOTHING;
          if (!isNumber(value))
            throw mistake(
              'gremlin.type',
              `The variable ${name} for math() step must resolve to a Number - it is instead of type ${javaType(value)}`,
            );
          values.push(toNumber(value));
        }
        return double(evaluate(values));
      },
    );
  },
});

const EMPTY: Expression = { variables: [], evaluate: () => 0 };

/** A value by itself, so that a `by` can look at it. */
function named(value: Traverser['value'] | typeof NOTHING, { trail, sack, loops }: Traverser): Traverser | undefined {
  return value === NOTHING ? undefined : new Traverser(value, 1, trail, sack, loops);
}

function asksNames(text: string): boolean {
  try {
    return parseExpression(text).variables.some((name) => name !== '_');
  } catch {
    // What cannot be read is told when the step is built.
    return false;
  }
}
