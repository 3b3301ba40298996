import { counts } from '../arguments.ts';
import { slice } from '../slice.ts';
import { defineStep } from '../step.ts';

export const range = defineStep({
  name: 'Range',
  dialect: ['skydive'],
  doc: 'From one position up to, not including, another; the first is 0.',
  args: counts('from', 'to'),
  example: { on: 'host:a\n host:b\n host:c', query: 'G.V().Range(1, 3)', gives: ['host:b', 'host:c'] },
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
  stream: ([from = 0, to = 0]) => slice(from, to),
});
