import type { Element, Metadata, Value } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { nothing } from '../arguments.ts';
import { counterKeys, readCounters } from '../counters.ts';
import { fieldNames, isList } from '../key.ts';
import { defineStep, type Items, type Series } from '../step.ts';

export const keys = defineStep({
  name: 'Keys',
  dialect: ['skydive'],
  doc: 'Each key that occurs, once; those within objects with dots.',
  args: nothing,
  example: {
    on: 'device:eth0 {"LLDP":{"Port":"1"}}',
    query: 'G.V().Keys().Limit(11).Range(7, 11)',
    gives: ['"Type"', '"Name"', '"LLDP"', '"LLDP.Port"'],
  },
  gives: { nodes: 'values', edges: 'values', history: 'values', values: 'values', metrics: 'values' },
  stream: (_args, takes) =>
    function* (input: Items<Element | Value | Series>, { view, budget }) {
      const seen = new Set<string>();
      for (const item of input) {
        if (item === undefined || budget.spend()) yield undefined;
        if (item === undefined) continue;
        const found = namesIn(takes === 'values' ? 'value' : takes === 'metrics' ? 'series' : 'element', item, view);
        for (const key of found) {
          if (seen.has(key)) continue;
          seen.add(key);
          budget.hold(1);
          yield key;
        }
      }
    },
});

function* namesIn(
  what: 'value' | 'series' | 'element',
  item: Element | Value | Series,
  view: GraphView,
): Generator<string> {
  if (what === 'series') {
    for (const sample of (item as Series).samples) yield* [...Object.keys(sample.counters), 'Start', 'Last'];
    return;
  }
  if (what === 'value') {
    yield* within(item as Value, '');
    return;
  }
  const element = item as Element;
  yield* fieldNames;
  if (element.kind === 'edge') yield* ['Parent', 'Child'];
  yield* within(element.metadata, '');
  for (const key of counterKeys) {
    const counters = readCounters(element.id, key.split('.'), view);
    if (counters === undefined) continue;
    yield key;
    yield* within(counters, `${key}.`);
  }
}

function* within(value: Value, prefix: string): Generator<string> {
  if (isList(value)) for (const item of value) yield* within(item, prefix);
  else if (typeof value === 'object' && value !== null)
    for (const key of Object.keys(value as Metadata)) {
      yield prefix + key;
      yield* within((value as Metadata)[key] as Value, `${prefix}${key}.`);
    }
}
