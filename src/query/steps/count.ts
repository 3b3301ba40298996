import { nothing } from '../arguments.ts';
import { defineStep, type Item, type Items } from '../step.ts';

export const count = defineStep({
  name: 'Count',
  dialect: ['skydive'],
  doc: 'How many there are.',
  args: nothing,
  example: { on: 'host:h1 -ownership-> device:eth0', query: 'G.V().Count()', gives: ['2'] },
  gives: {
    nodes: 'value',
    edges: 'value',
    paths: 'value',
    values: 'value',
    maps: 'value',
    metrics: 'value',
    nexthops: 'value',
    differences: 'value',
    history: 'value',
    flows: 'value',
    flowgroups: 'value',
    packets: 'value',
    sockets: 'value',
  },
  flowFields: () => [],
  stream: () =>
    function* (input: Items<Item>) {
      let found = 0;
      for (const item of input) {
        if (item === undefined) yield undefined;
        else found++;
      }
      yield found;
    },
});
