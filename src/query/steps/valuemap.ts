import type { Value } from '../../graph/element.ts';
import { keys } from '../arguments.ts';
import { topsOf } from '../flowkey.ts';
import { isEmpty } from '../key.ts';
import { readerOf } from '../reader.ts';
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
  gives: { nodes: 'maps', edges: 'maps', history: 'maps', values: 'maps', flows: 'maps' },
  flowFields: topsOf,
  stream: (wanted, takes) => {
    const readers = wanted.map((key) => ({ name: key.text, reader: readerOf(key, takes) }));
    return function* (input: Items, { view }) {
      const ready = readers.map(({ name, reader }) => ({ name, read: reader(view) }));
      for (const item of input) {
        if (item === undefined) {
          yield undefined;
          continue;
        }
        const entries: [string, Value][] = [];
        for (const { name, read } of ready) {
          const value = read(item);
          if (!isEmpty(value)) entries.push([name, value]);
        }
        if (entries.length > 0) yield Object.fromEntries(entries);
      }
    };
  },
});
