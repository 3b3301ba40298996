import { ALL_TOKENS, addTokens, isNone } from '../read/element-maps.ts';
import { propertiesOf } from '../read/properties.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import { defineTraversalStep } from '../step.ts';
import { GMap } from '../value/collections.ts';
import { type Token, tokens } from '../value/token.ts';
import type { GValue } from '../value/value.ts';

export const elementMap = defineTraversalStep({
  name: 'elementMap',
  doc: 'An element as a map: id, label, for an edge both its ends, and one value of each key.',
  args: '[key, …]',
  count: [0, Number.POSITIVE_INFINITY],
  example: { query: "g.V(3).elementMap('lang')", gives: ['{id=3, label=software, lang=java}'] },
  build(call, builder) {
    const keys = builder.strings(call);
    const none = isNone(call.args);
    return {
      kind: 'map',
      map({ value }, run): GValue {
        const map = new GMap();
        addTokens(map, value, ALL_TOKENS, run);
        if (isElement(value) && value.kind === 'edge') {
          const { view } = run;
          const edge = value;
          addEnd(map, tokens.Direction.IN, view.children(edge), run);
          addEnd(map, tokens.Direction.OUT, view.parents(edge), run);
        }
        // Of several values the last.
        for (const property of none ? [] : propertiesOf(value, keys, run)) map.set(property.key, property.value);
        return map;
      },
    };
  },
});

function addEnd(map: GMap, direction: Token, nodes: Iterable<GValue>, run: Run): void {
  for (const node of nodes) {
    const end = new GMap();
    addTokens(end, node, ALL_TOKENS, run);
    map.set(direction, end);
    return;
  }
}
