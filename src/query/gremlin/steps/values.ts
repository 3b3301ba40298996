import { isNone } from '../read/element-maps.ts';
import { valuesReader } from '../read/properties.ts';
import { defineTraversalStep } from '../step.ts';

export const values = defineTraversalStep({
  name: 'values',
  doc: 'Values of properties: of those named, or of all.',
  args: '[key, …]',
  count: [0, Number.POSITIVE_INFINITY],
  example: { query: "g.V(1).values('name', 'age')", gives: ['marko', '29'] },
  build(call, builder) {
    const read = valuesReader([...new Set(builder.strings(call))]);
    // No key but null is no property, not each of them.
    const none = isNone(call.args);
    return { kind: 'flatMap', flatMap: ({ value }, run) => (none ? [] : read(value, run)) };
  },
});
