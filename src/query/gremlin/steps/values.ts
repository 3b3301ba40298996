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
    const isNone = call.args.length > 0 && call.args.every((arg) => arg === null);
    return { kind: 'flatMap', flatMap: ({ value }, run) => (isNone ? [] : read(value, run)) };
  },
});
