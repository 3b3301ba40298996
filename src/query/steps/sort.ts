import type { Element, Value } from '../../graph/element.ts';
import { order } from '../arguments.ts';
import { compareValues } from '../compare.ts';
import { sorted } from '../sorted.ts';
import { defineStep, type Items } from '../step.ts';

export const sort = defineStep({
  name: 'Sort',
  dialect: ['skydive'],
  doc: 'In ascending (or DESC) order of a key; without one, elements by creation and values by themselves.',
  args: order,
  example: {
    on: 'host:b\n host:c\n host:a',
    query: "G.V().Sort(DESC, 'Name')",
    gives: ['host:c', 'host:b', 'host:a'],
  },
  gives: { nodes: 'nodes', edges: 'edges', history: 'history', values: 'values', maps: 'maps' },
  stream:
    ({ descending, key }, takes) =>
    (input: Items<Element | Value>, run) => {
      const { view } = run;
      const isPlain = takes === 'values' || takes === 'maps';
      const ofValue = (value: Value) => (key === undefined ? value : key.find(value));
      const ofElement = (element: Element) => (key === undefined ? element.createdAt : key.read(element, view));
      const keyOf = (isPlain ? ofValue : ofElement) as (item: Element | Value) => Value | undefined;
      return sorted(input, keyOf, descending ? descend : compareValues, run);
    },
});

/** What is missing stays last. */
function descend(a: Value | undefined, b: Value | undefined): number {
  return a === undefined || b === undefined ? compareValues(a, b) : compareValues(b, a);
}
