import { isLocal } from '../arguments/local.ts';
import { defineTraversalStep, NOTHING, type Nothing } from '../step.ts';
import { add, divide } from '../value/arithmetic.ts';
import { partsOf } from '../value/members.ts';
import { type AnyNumber, long } from '../value/num.ts';
import { numberOf } from '../value/operator.ts';
import { timesBulk } from '../value/times-bulk.ts';
import type { GValue } from '../value/value.ts';

export const mean = defineTraversalStep({
  name: 'mean',
  doc: 'The mean of numbers, with a fraction; with local, of what a collection holds. Null is left out.',
  args: '[scope]',
  count: [0, 1],
  example: { query: "g.V().values('age').mean()", gives: ['30.75'] },
  build: (call) =>
    isLocal(call)
      ? {
          kind: 'map',
          map({ value }) {
            const mean = new Mean();
            for (const part of partsOf(value) ?? [value]) mean.add(part, 1);
            return mean.result();
          },
        }
      : {
          kind: 'reduce',
          start: () => {
            const mean = new Mean();
            return { add: ({ value, bulk }) => mean.add(value, bulk), result: () => mean.result() };
          },
        },
});

/** Null when there were only nulls. */
class Mean {
  #sum: AnyNumber | undefined;
  #count = 0;
  #sawNull = false;

  add(value: GValue, bulk: number): void {
    if (value === null) {
      this.#sawNull = true;
      return;
    }
    const more = bulk === 1 ? numberOf(value) : timesBulk(numberOf(value), bulk);
    this.#sum = this.#sum === undefined ? more : add(this.#sum, more);
    this.#count += bulk;
  }

  result(): GValue | Nothing {
    if (this.#sum === undefined) return this.#sawNull ? null : NOTHING;
    return divide(this.#sum, long(this.#count), { floating: true });
  }
}
