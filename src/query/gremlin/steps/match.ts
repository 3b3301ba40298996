import { endsOf, readPatterns, startsOf } from '../match/pattern.ts';
import { bind, bound, Solving } from '../match/solve.ts';
import type { Traverser } from '../run/traverser.ts';
import { defineTraversalStep, NOTHING } from '../step.ts';
import { GMap } from '../value/collections.ts';

export const match = defineTraversalStep({
  name: 'match',
  doc: 'All ways to bind the names in the patterns so that each of them holds; each way is a map.',
  args: 'pattern, …',
  count: [1, Number.POSITIVE_INFINITY],
  tracking: 'named',
  example: {
    query: "g.V().match(__.as('a').out('knows').as('b'), __.as('b').out('created').as('c')).select('c').values('name')",
    gives: ['ripple', 'lop'],
  },
  build(call, builder) {
    const { mark } = builder;
    const patterns = readPatterns(call.args, call, builder);
    const [starts, ends] = [startsOf(patterns), endsOf(patterns)];
    // Where nothing is bound yet, what comes is what no pattern leads to.
    const first = [...starts].find((name) => !ends.has(name)) ?? [...starts][0];
    const names = new Set([...starts, ...ends]);
    const known = (traverser: Traverser) => [...starts].some((name) => bound(traverser, name) !== NOTHING);
    return {
      kind: 'stream',
      *stream(input, run) {
        const solving = new Solving(run);
        for (const traverser of input) {
          if (traverser === undefined || traverser === null) {
            yield traverser;
            continue;
          }
          const begin = traverser.copy();
          if (first !== undefined && !known(begin)) begin.trail = bind(begin.trail, begin.value, first);
          for (const found of solving.solve(begin, patterns)) yield found?.to(bindings(found, names), mark);
        }
      },
    };
  },
});

function bindings(traverser: Traverser, names: ReadonlySet<string>): GMap {
  const map = new GMap();
  for (const name of names) {
    const value = bound(traverser, name);
    if (value !== NOTHING) map.set(name, value);
  }
  return map;
}
