import { mistake } from '../../../std/mistake.ts';
import { isLocal, unscoped } from '../arguments/local.ts';
import { named } from '../forms/each.ts';
import { wholeOf } from '../forms/range.ts';
import { Drawing } from '../gather/drawing.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import { defineTraversalStep, type Items, NOTHING } from '../step.ts';
import { GMap, MapEntry } from '../value/collections.ts';
import { partsOf } from '../value/members.ts';
import { isNumber, toNumber } from '../value/num.ts';
import { type GValue, Tree } from '../value/value.ts';

export const sample = defineTraversalStep({
  name: 'sample',
  doc: 'So many at random, the likelier the larger what `by` reads of them; with local, of what a collection holds.',
  args: '[scope, ]count',
  count: [1, 2],
  modulators: ['by'],
  example: { query: 'g.V().sample(2).count()', gives: ['2'] },
  build(call, builder) {
    const most = Math.max(0, wholeOf(unscoped(call)[0], call, builder));
    if (isLocal(call)) return { kind: 'map', map: ({ value }, run) => sampled(value, most, run) };
    const { mark } = builder;
    const by = call.modulations.length === 0 ? undefined : builder.oneBy(call);
    return {
      kind: 'stream',
      *stream(input, run) {
        const make = () => new Drawing<Traverser>(most, () => run.random());
        let drawing = make();
        const all = function* (): Items {
          for (const [traverser, count] of drawing.drawn())
            yield named(count === traverser.bulk ? traverser : traverser.copy(count), mark);
          run.budget.hold(-drawing.size);
        };
        for (const traverser of input) {
          if (traverser === undefined) yield undefined;
          else if (traverser === null) {
            yield* all();
            drawing = make();
            yield null;
          } else {
            if (run.budget.spend()) yield undefined;
            const weight = by === undefined ? 1 : yield* by.value(traverser, run);
            if (weight === NOTHING) continue;
            const before = drawing.size;
            drawing.add(traverser, traverser.bulk, weightOf(weight));
            run.budget.hold(drawing.size - before);
          }
        }
        yield* all();
      },
    };
  },
});

function weightOf(value: GValue): number {
  if (isNumber(value)) return toNumber(value);
  throw mistake('gremlin.type', 'sample: what by reads has to be a number');
}

function sampled(value: GValue, most: number, run: Run): GValue {
  const parts = partsOf(value);
  if (parts === undefined) return value;
  const all = [...parts].map((part) => ({ part }));
  if (all.length <= most) return value;
  const drawing = new Drawing<{ readonly part: GValue }>(most, () => run.random());
  for (const one of all) drawing.add(one, 1, 1);
  const drawn = drawing.drawn();
  const some = all.filter((one) => drawn.has(one)).map(({ part }) => part);
  if (!(value instanceof GMap || value instanceof Tree)) return some;
  return new GMap(some.filter((part) => part instanceof MapEntry).map(({ name, value: held }) => [name, held]));
}
