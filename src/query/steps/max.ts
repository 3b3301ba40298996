import { optionalKey } from '../arguments.ts';
import { topsOf } from '../flowkey.ts';
import { numbersOf } from '../numbers.ts';
import { defineStep } from '../step.ts';

export const max = defineStep({
  name: 'Max',
  dialect: ['skydive'],
  doc: 'The greatest number of a key, or of the values themselves; null when there is none.',
  args: optionalKey({ mayLack: ['values'] }),
  example: { on: 'device:eth0 {"MTU":1500}\n device:eth1 {"MTU":9000}', query: "G.V().Max('MTU')", gives: ['9000'] },
  gives: { nodes: 'value', edges: 'value', history: 'value', values: 'value', metrics: 'value', flows: 'value' },
  flowFields: ({ key }) => (key === undefined ? [] : topsOf([key])),
  stream: ({ key }, takes) =>
    function* (input, run): Generator<number | null | undefined> {
      let best: number | null = null;
      for (const number of numbersOf('Max', input, key, takes, run)) {
        if (number === undefined) yield undefined;
        else best = best === null || number > best ? number : best;
      }
      yield best;
    },
});
