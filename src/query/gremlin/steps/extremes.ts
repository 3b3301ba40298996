import { mistake } from '../../../std/mistake.ts';
import { isLocal } from '../arguments/local.ts';
import { defineTraversalStep, NOTHING, type Nothing, type TraversalStep } from '../step.ts';
import { isNaNumber, larger, smaller } from '../value/arithmetic.ts';
import { compareAlike } from '../value/compare.ts';
import { javaType } from '../value/java-type.ts';
import { partsOf } from '../value/members.ts';
import { type AnyNumber, isNumber } from '../value/num.ts';
import { Token } from '../value/token.ts';
import { DateTime, Duration, type GValue, Uuid } from '../value/value.ts';

export const min = extreme('min', 'smallest', smaller, (order) => order < 0, '27');
export const max = extreme('max', 'largest', larger, (order) => order > 0, '35');

function extreme(
  name: string,
  which: string,
  ofNumbers: (a: AnyNumber, b: AnyNumber) => AnyNumber,
  isBetter: (order: number) => boolean,
  gives: string,
): TraversalStep {
  const better = (best: GValue | Nothing, next: GValue): GValue => {
    if (best === NOTHING || best === null) return next === null ? next : comparable(next);
    if (next === null) return best;
    if (isNumber(best) && isNumber(next)) return ofNumbers(best, next);
    // NaN is less than any other value, and more.
    if (isNumber(best) && isNaNumber(best)) return comparable(next);
    if (isNumber(next) && isNaNumber(next)) return best;
    const order = compareAlike(comparable(next), best);
    if (order === undefined) throw mistake('gremlin.type', `${javaType(next)} cannot be cast to ${javaType(best)}`);
    return isBetter(order) ? next : best;
  };
  return defineTraversalStep({
    name,
    doc: `The ${which} of all values; with local, of what a collection holds. Nothing of nothing.`,
    args: '[scope]',
    count: [0, 1],
    example: { query: `g.V().values('age').${name}()`, gives: [gives] },
    build: (call) =>
      isLocal(call)
        ? {
            kind: 'map',
            map({ value }) {
              let best: GValue | Nothing = NOTHING;
              for (const part of partsOf(value) ?? [value]) best = better(best, part);
              return best;
            },
          }
        : {
            kind: 'reduce',
            start: () => {
              let best: GValue | Nothing = NOTHING;
              return {
                add: ({ value }) => {
                  best = better(best, value);
                },
                result: () => best,
              };
            },
          },
  });
}

/** What Java gives an order of its own. */
function comparable(value: GValue): GValue {
  if (typeof value === 'string' || typeof value === 'boolean' || isNumber(value)) return value;
  if (value instanceof DateTime || value instanceof Duration || value instanceof Uuid || value instanceof Token)
    return value;
  throw mistake('gremlin.type', `${javaType(value)} cannot be cast to Comparable`);
}
