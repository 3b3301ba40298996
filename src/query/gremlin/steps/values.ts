import { Several } from '../property-graph.ts';
import { isElement } from '../read.ts';
import { defineTraversalStep } from '../step.ts';
import type { GValue } from '../value/value.ts';

export const values = defineTraversalStep({
  name: 'values',
  doc: 'Values of properties: of those named, or of all.',
  args: '[key, …]',
  count: [0, Number.POSITIVE_INFINITY],
  example: { query: "g.V(1).values('name', 'age')", gives: ['marko', '29'] },
  build(call, builder) {
    const keys = builder.strings(call);
    return {
      kind: 'flatMap',
      flatMap({ value }, run) {
        if (!isElement(value)) return [];
        const element = run.fresh(value);
        const found: GValue[] = [];
        for (const key of keys.length > 0 ? keys : run.model.keys(element, run.view)) {
          const held = run.model.reader(key)(element, run.view);
          if (held instanceof Several) found.push(...held.values);
          else if (held !== undefined) found.push(held);
        }
        return found;
      },
    };
  },
});
