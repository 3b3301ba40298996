import { mistake } from '../../../std/mistake.ts';
import { named } from '../forms/each.ts';
import { Gathering, type Merging } from '../run/alike.ts';
import type { Traverser } from '../run/traverser.ts';
import { defineTraversalStep } from '../step.ts';
import { double, isNumber, toNumber } from '../value/num.ts';
import { operatorOf } from '../value/operator.ts';
import { tokens } from '../value/token.ts';

export const barrier = defineTraversalStep({
  name: 'barrier',
  doc: 'Waits for all that come (or for so many), and lets those that are alike count as one; normSack makes their sacks add up to one.',
  args: '[count or normSack]',
  count: [0, 1],
  example: { query: 'g.V().out().barrier().count()', gives: ['6'] },
  build(call, builder) {
    const [what] = call.args;
    const { mark, options } = builder;
    const most = isNumber(what) ? toNumber(what) : Number.POSITIVE_INFINITY;
    if (what !== undefined && !isNumber(what) && what !== tokens.Barrier.normSack)
      builder.wrong(call, 'barrier takes a number or normSack');
    const join = options.sack?.merge;
    // Sacks that nothing joins stay apart.
    const merging: Merging | undefined =
      options.sack === undefined || join !== undefined
        ? { isBulked: options.isBulked, joinSacks: join && operatorOf(join) }
        : undefined;
    return {
      kind: 'stream',
      *stream(input, { budget }) {
        const all = new Gathering(merging);
        const release = function* () {
          const released = all.take();
          if (what === tokens.Barrier.normSack) normalize(released, join !== undefined);
          for (const traverser of released) yield named(traverser, mark);
          budget.hold(-released.length);
        };
        for (const traverser of input) {
          if (traverser === undefined) yield undefined;
          else if (traverser === null) {
            yield* release();
            yield null;
          } else {
            if (budget.spend()) yield undefined;
            if (all.add(traverser)) budget.hold(1);
            if (all.size >= most) yield* release();
          }
        }
        yield* release();
      },
    };
  },
});

/** Each sack becomes its part of the sum of all; those that were joined are the part of all they stand for. */
function normalize(all: readonly Traverser[], areJoined: boolean): void {
  const sackOf = ({ sack }: Traverser) => {
    if (isNumber(sack)) return toNumber(sack);
    throw mistake('gremlin.type', 'normSack needs sacks that are numbers', 'g.withSack(1.0d, sum)');
  };
  const sum = all.reduce((total, traverser) => total + sackOf(traverser) * traverser.bulk, 0);
  for (const traverser of all) traverser.sack = double((sackOf(traverser) * (areJoined ? traverser.bulk : 1)) / sum);
}
