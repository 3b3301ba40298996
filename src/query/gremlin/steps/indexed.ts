import { defineTraversalStep } from '../step.ts';
import { GMap } from '../value/collections.ts';
import { partsOf } from '../value/members.ts';
import { isNumber, toNumber } from '../value/num.ts';
import type { GValue } from '../value/value.ts';

/** Named so because index.ts is the list of the steps. */
export const index = defineTraversalStep({
  name: 'index',
  doc: 'What a collection holds, each with where it stands; `with(WithOptions.indexer, WithOptions.map)` as a map.',
  args: '',
  count: [0, 0],
  modulators: ['with'],
  example: { query: "g.inject(['a', 'b']).index()", gives: ['[[a, 0], [b, 1]]'] },
  build(call, builder) {
    let asMap = false;
    for (const modulation of call.modulations) {
      const [name, how] = modulation.args;
      if (name === INDEXER && isNumber(how) && toNumber(how) <= 1) asMap = toNumber(how) === 1;
      else builder.wrong(modulation, 'index is told by WithOptions.indexer: WithOptions.list or WithOptions.map');
    }
    return {
      kind: 'map',
      map({ value }): GValue {
        const parts = Array.from(partsOf(value) ?? [value]);
        return asMap ? new GMap(parts.map((part, at) => [at, part])) : parts.map((part, at) => [part, at]);
      },
    };
  },
});

const INDEXER = '~tinkerpop.index.indexer';
