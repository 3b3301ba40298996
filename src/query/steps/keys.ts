import type { Element, Value } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { nothing } from '../arguments.ts';
import { keyNames, namesWithin } from '../keynames.ts';
import type { Kind } from '../kind.ts';
import { defineStep, type Items, type Series } from '../step.ts';

export const keys = defineStep({
  name: 'Keys',
  dialect: ['skydive'],
  doc: 'Each key that occurs, once; those within objects with dots.',
  args: nothing,
  example: {
    on: 'device:eth0 {"LLDP":{"Port":"1"}}',
    query: 'G.V().Keys().Range(7, 11)',
    gives: ['"Type"', '"Name"', '"LLDP"', '"LLDP.Port"'],
  },
  gives: { nodes: 'values', edges: 'values', history: 'values', values: 'values', metrics: 'values', flows: 'values' },
  stream: (_args, takes) =>
    function* (input: Items<Element | Value | Series>, { view, budget }) {
      const seen = new Set<string>();
      for (const item of input) {
        if (item === undefined || budget.spend()) yield undefined;
        if (item === undefined) continue;
        for (const key of namesOf(item, takes, view)) {
          if (seen.has(key)) continue;
          seen.add(key);
          budget.hold(1);
          yield key;
        }
      }
    },
});

function* namesOf(item: Element | Value | Series, takes: Kind, view: GraphView): Generator<string> {
  // A flow is plain data.
  if (takes === 'values' || takes === 'flows') yield* namesWithin(item as Value);
  else if (takes !== 'metrics') yield* keyNames(item as Element, view);
  else for (const { counters } of (item as Series).samples) yield* [...Object.keys(counters), 'Start', 'Last'];
}
