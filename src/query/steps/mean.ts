import { optionalKey } from '../arguments.ts';
import { topsOf } from '../flowkey.ts';
import { numbersOf } from '../numbers.ts';
import { defineStep } from '../step.ts';

export const mean = defineStep({
  name: 'Mean',
  dialect: ['skydive'],
  doc: 'The mean of a key, or of the values themselves; null when there is none.',
  args: optionalKey({ mayLack: ['values'] }),
  example: { on: 'device:eth0 {"MTU":1500}\n device:eth1 {"MTU":9000}', query: "G.V().Mean('MTU')", gives: ['5250'] },
  gives: { nodes: 'value', edges: 'value', history: 'value', values: 'value', metrics: 'value', flows: 'value' },
  flowFields: ({ key }) => (key === undefined ? [] : topsOf([key])),
  stream: ({ key }, takes) =>
    function* (input, run): Generator<number | null | undefined> {
      let total = 0;
      let found = 0;
      for (const number of numbersOf('Mean', input, key, takes, run)) {
        if (number === undefined) yield undefined;
        else {
          total += number;
          found++;
        }
      }
      yield found === 0 ? null : total / found;
    },
});
