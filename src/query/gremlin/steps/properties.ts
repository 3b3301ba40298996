import { isNone } from '../read/element-maps.ts';
import { propertiesOf } from '../read/properties.ts';
import { defineTraversalStep } from '../step.ts';

export const properties = defineTraversalStep({
  name: 'properties',
  doc: 'Properties as what they are, with their key, their value, and of vertices their own properties.',
  args: '[key, …]',
  count: [0, Number.POSITIVE_INFINITY],
  example: { query: "g.V(1).properties('name')", gives: ['vp[name->marko]'] },
  build(call, builder) {
    const keys = [...new Set(builder.strings(call))];
    const none = isNone(call.args);
    return { kind: 'flatMap', flatMap: ({ value }, run) => (none ? [] : propertiesOf(value, keys, run)) };
  },
});
