import type { Sample } from '../../graph/view.ts';
import { optionalKey } from '../arguments.ts';
import { isAdditive } from '../counters.ts';
import { topsOf } from '../flowkey.ts';
import type { Key } from '../key.ts';
import { numbersOf } from '../numbers.ts';
import { defineStep, type Items, type Run, type Series } from '../step.ts';

export const sum = defineStep({
  name: 'Sum',
  dialect: ['skydive'],
  doc: 'The sum of a key, or of the values themselves; of metrics without a key, all samples as one.',
  args: optionalKey({ mayLack: ['values', 'metrics'] }),
  example: { on: 'device:eth0 {"MTU":1500}\n device:eth1 {"MTU":9000}', query: "G.V().Sum('MTU')", gives: ['10500'] },
  gives: {
    nodes: 'value',
    edges: 'value',
    history: 'value',
    values: 'value',
    flows: 'value',
    metrics: ({ key }: { key: Key | undefined }) => (key === undefined ? 'metric' : 'value'),
  },
  flowFields: ({ key }) => (key === undefined ? [] : topsOf([key])),
  stream: ({ key }, takes) =>
    function* (input, run): Generator<number | Sample | undefined> {
      if (takes === 'metrics' && key === undefined) {
        yield* merged(input as Items<Series>, run);
        return;
      }
      let total = 0;
      for (const number of numbersOf('Sum', input, key, takes, run)) {
        if (number === undefined) yield undefined;
        else total += number;
      }
      yield total;
    },
});

function* merged(input: Items<Series>, { budget }: Run): Generator<Sample | undefined> {
  let start = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const counters: Record<string, number> = {};
  for (const series of input) {
    if (series === undefined) yield undefined;
    for (const sample of series?.samples ?? []) {
      if (budget.spend()) yield undefined;
      start = Math.min(start, sample.start);
      last = Math.max(last, sample.last);
      for (const [name, count] of Object.entries(sample.counters))
        if (isAdditive(name)) counters[name] = (counters[name] ?? 0) + count;
    }
  }
  if (start <= last) yield { start, last, counters };
}
