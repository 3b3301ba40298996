import { counts } from '../arguments.ts';
import { slice } from '../slice.ts';
import { defineStep } from '../step.ts';

export const limit = defineStep({
  name: 'Limit',
  dialect: ['skydive'],
  doc: 'The first so many; nothing after them is looked at.',
  args: counts('count'),
  example: { on: 'host:a\n host:b\n host:c', query: 'G.V().Limit(2)', gives: ['host:a', 'host:b'] },
  gives: {
    nodes: 'nodes',
    edges: 'edges',
    paths: 'paths',
    values: 'values',
    maps: 'maps',
    history: 'history',
    differences: 'differences',
    flows: 'flows',
    flowgroups: 'flowgroups',
    packets: 'packets',
    sockets: 'sockets',
  },
  flowFields: () => [],
  stream: ([count = 0]) => slice(0, count),
});
