import type { Element, Value } from '../../graph/element.ts';
import { keys } from '../arguments.ts';
import { isEmpty } from '../key.ts';
import { defineStep, type Items } from '../step.ts';

export const valueMap = defineStep({
  name: 'ValueMap',
  dialect: ['skydive'],
  doc: 'An object of these keys for each; what has none of them is left out.',
  args: keys({ least: 1 }),
  example: {
    on: 'device:eth0 {"MTU":1500}',
    query: "G.V().ValueMap('Name', 'MTU')",
    gives: ['{"Name":"eth0","MTU":1500}'],
  },
  gives: { nodes: 'maps', edges: 'maps', history: 'maps', values: 'maps' },
  stream: (wanted, takes) =>
    function* (input: Items<Element | Value>, { view }) {
      for (const item of input) {
        if (item === undefined) {
          yield undefined;
          continue;
        }
        const entries: [string, Value][] = [];
        for (const key of wanted) {
          const value = takes === 'values' ? key.find(item as Value) : key.read(item as Element, view);
          if (!isEmpty(value)) entries.push([key.text, value]);
        }
        if (entries.length > 0) yield Object.fromEntries(entries);
      }
    },
});
