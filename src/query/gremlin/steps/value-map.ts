import { ALL_TOKENS, elementMapOp, isNone } from '../read/element-maps.ts';
import { defineTraversalStep } from '../step.ts';
import { isNumber, toNumber } from '../value/num.ts';

export const valueMap = defineTraversalStep({
  name: 'valueMap',
  doc: 'Values as a map by their keys; those of a vertex are lists. `with(WithOptions.tokens)`: id and label too.',
  args: '[key, …]',
  count: [0, Number.POSITIVE_INFINITY],
  modulators: ['by', 'with'],
  example: { query: "g.V(3).valueMap('lang')", gives: ['{lang=[java]}'] },
  build(call, builder) {
    const [first] = call.args;
    // The old way to say it: valueMap(true, 'name').
    const args = typeof first === 'boolean' ? call.args.slice(1) : call.args;
    let tokens = first === true ? ALL_TOKENS : 0;
    for (const modulation of call.modulations.filter(({ name }) => name === 'with')) {
      const [name, which] = modulation.args;
      if (name === TOKENS && which === undefined) tokens = ALL_TOKENS;
      else if (name === TOKENS && isNumber(which)) tokens |= toNumber(which);
      else if (name === TOKENS && typeof which === 'boolean') tokens = which ? ALL_TOKENS : 0;
      else builder.wrong(modulation, 'valueMap is told by WithOptions.tokens what to add');
    }
    return elementMapOp(call, builder, {
      keys: builder.strings(call, args),
      isNone: isNone(args),
      tokens,
      holds: (property) => property.value,
    });
  },
});

const TOKENS = '~tinkerpop.valueMap.tokens';
