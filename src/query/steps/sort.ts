import type { Flow } from '../../flow/flow.ts';
import type { Element, Value } from '../../graph/element.ts';
import { order } from '../arguments.ts';
import { orderOf } from '../compare.ts';
import { topsOf } from '../flowkey.ts';
import type { Kind } from '../kind.ts';
import { type Reader, readerOf } from '../reader.ts';
import { sorted } from '../sorted.ts';
import { defineStep, type Items } from '../step.ts';

export const sort = defineStep({
  name: 'Sort',
  dialect: ['skydive'],
  doc: 'In ascending (or DESC) order of a key; without one, elements by creation, flows by their last packet, and values by themselves.',
  args: order,
  example: {
    on: 'host:b\n host:c\n host:a',
    query: "G.V().Sort(DESC, 'Name')",
    gives: ['host:c', 'host:b', 'host:a'],
  },
  gives: { nodes: 'nodes', edges: 'edges', history: 'history', values: 'values', maps: 'maps', flows: 'flows' },
  flowFields: ({ key }) => (key === undefined ? ['Last'] : topsOf([key])),
  stream: ({ descending, key }, takes) => {
    const keyOf = key === undefined ? () => natural(takes) : readerOf(key, takes);
    return (input: Items, run) => sorted(input, keyOf(run.view), orderOf(descending), run, takes);
  },
});

/** What things are sorted by when nobody says. */
function natural(takes: Kind): Reader {
  if (takes === 'values' || takes === 'maps') return (value) => value as Value;
  return takes === 'flows' ? (flow) => (flow as Flow).Last : (element) => (element as Element).createdAt;
}
