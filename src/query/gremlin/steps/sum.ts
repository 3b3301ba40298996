import { isLocal } from '../arguments/local.ts';
import { defineTraversalStep, NOTHING, type Nothing } from '../step.ts';
import { add } from '../value/arithmetic.ts';
import { partsOf } from '../value/members.ts';
import type { AnyNumber } from '../value/num.ts';
import { numberOf } from '../value/operator.ts';
import { timesBulk } from '../value/times-bulk.ts';
import type { GValue } from '../value/value.ts';

export const sum = defineTraversalStep({
  name: 'sum',
  doc: 'Numbers added up; with local, those that a collection holds. Null counts for nothing, and nothing gives nothing.',
  args: '[scope]',
  count: [0, 1],
  example: { query: "g.V().values('age').sum()", gives: ['123'] },
  build: (call) =>
    isLocal(call)
      ? {
          kind: 'map',
          map({ value }) {
            let total: GValue | Nothing = NOTHING;
            for (const part of partsOf(value) ?? [value]) total = plus(total, part);
            return total;
          },
        }
      : {
          kind: 'reduce',
          start: () => {
            let total: GValue | Nothing = NOTHING;
            return {
              add: ({ value, bulk }) => {
                total = plus(total, bulk === 1 || value === null ? value : timesBulk(numberOf(value), bulk));
              },
              result: () => total,
            };
          },
        },
});

function plus(total: GValue | Nothing, next: GValue): GValue {
  if (total === NOTHING || total === null) return next === null ? null : numberOf(next);
  return next === null ? total : add(total as AnyNumber, numberOf(next));
}
