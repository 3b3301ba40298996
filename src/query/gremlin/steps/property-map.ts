import { elementMapOp, isNone } from '../read/element-maps.ts';
import { defineTraversalStep } from '../step.ts';

export const propertyMap = defineTraversalStep({
  name: 'propertyMap',
  doc: 'Properties as a map by their keys; those of a vertex are lists, as there may be several of a key.',
  args: '[key, …]',
  count: [0, Number.POSITIVE_INFINITY],
  modulators: ['by'],
  example: { query: "g.V(3).propertyMap('lang')", gives: ['{lang=[vp[lang->java]]}'] },
  build: (call, builder) =>
    elementMapOp(call, builder, {
      keys: builder.strings(call),
      isNone: isNone(call.args),
      tokens: 0,
      holds: (property) => property,
    }),
});
