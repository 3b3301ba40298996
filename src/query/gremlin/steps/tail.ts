import { isLocal, unscoped } from '../arguments/local.ts';
import { named } from '../forms/each.ts';
import { slice, wholeOf } from '../forms/range.ts';
import type { Mark, Traverser } from '../run/traverser.ts';
import { defineTraversalStep, type Items } from '../step.ts';
import { sizeOf } from '../value/members.ts';

export const tail = defineTraversalStep({
  name: 'tail',
  doc: 'The last so many; the last one without a number.',
  args: '[scope, ][count]',
  count: [0, 2],
  example: { query: "g.V().values('name').tail(2)", gives: ['ripple', 'peter'] },
  build(call, builder) {
    const args = unscoped(call);
    const most = args.length === 0 ? 1 : wholeOf(args[0], call, builder);
    if (isLocal(call))
      return {
        kind: 'map',
        map({ value }) {
          const low = Math.max(0, sizeOf(value) - Math.max(0, most));
          return slice(value, { low, high: Number.POSITIVE_INFINITY });
        },
      };
    const { mark } = builder;
    return {
      kind: 'stream',
      *stream(input, { budget }) {
        let last = new Last(most);
        for (const traverser of input) {
          if (traverser === undefined) yield undefined;
          else if (traverser === null) {
            yield* last.all(mark);
            budget.hold(-last.size);
            last = new Last(most);
            yield null;
          } else {
            if (budget.spend()) yield undefined;
            const before = last.size;
            last.add(traverser);
            budget.hold(last.size - before);
          }
        }
        yield* last.all(mark);
        budget.hold(-last.size);
      },
    };
  },
});

/** The last that came, as many as count for `most`, and perhaps some more in front. */
class Last {
  readonly #most: number;
  #held: Traverser[] = [];
  #first = 0;
  #bulk = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#held.length;
  }

  add(traverser: Traverser): void {
    this.#held.push(traverser);
    this.#bulk += traverser.bulk;
    for (;;) {
      const first = this.#held[this.#first];
      if (first === undefined || this.#bulk - first.bulk < this.#most) break;
      this.#bulk -= first.bulk;
      this.#first++;
    }
    // Now and then, so that each is moved but once or so.
    if (this.#first > 64 && this.#first * 2 > this.#held.length) {
      this.#held = this.#held.slice(this.#first);
      this.#first = 0;
    }
  }

  *all(mark: Mark): Items {
    let tooMany = this.#bulk - this.#most;
    for (const traverser of this.#held.slice(this.#first)) {
      const bulk = Math.min(traverser.bulk, traverser.bulk - tooMany);
      tooMany = Math.max(0, tooMany - traverser.bulk);
      if (bulk > 0) yield named(bulk === traverser.bulk ? traverser : traverser.copy(bulk), mark);
    }
  }
}
