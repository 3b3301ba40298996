import type { Element, Value } from '../../graph/element.ts';
import { keys } from '../arguments.ts';
import { sampleObject } from '../counters.ts';
import { isEmpty, type Key } from '../key.ts';
import { defineStep, type Items, type Run, type Series } from '../step.ts';

export const values = defineStep({
  name: 'Values',
  dialect: ['skydive'],
  doc: 'The values of a key; what does not have it is left out, lists stay lists.',
  args: keys({ least: 1, most: 1 }),
  example: { on: 'device:eth0 {"MTU":1500}\n host:h1', query: "G.V().Values('MTU')", gives: ['1500'] },
  gives: { nodes: 'values', edges: 'values', history: 'values', values: 'values', metrics: 'values' },
  stream:
    ([key], takes) =>
    (input: Items<Element | Value | Series>, run) => {
      const wanted = key as Key;
      if (takes === 'metrics') return ofSeries(input as Items<Series>, wanted);
      if (takes === 'values') return ofValues(input as Items<Value>, wanted);
      return ofElements(input as Items<Element>, wanted, run);
    },
});

function* ofElements(input: Items<Element>, key: Key, { view }: Run): Generator<Value | undefined> {
  for (const element of input) {
    if (element === undefined) {
      yield undefined;
      continue;
    }
    const value = key.read(element, view);
    if (!isEmpty(value)) yield value;
  }
}

function* ofValues(input: Items<Value>, key: Key): Generator<Value | undefined> {
  for (const item of input) {
    const value = item === undefined ? undefined : key.find(item);
    if (item === undefined) yield undefined;
    else if (!isEmpty(value)) yield value;
  }
}

function* ofSeries(input: Items<Series>, key: Key): Generator<Value | undefined> {
  for (const series of input) {
    if (series === undefined) {
      yield undefined;
      continue;
    }
    for (const sample of series.samples) {
      const value = key.find(sampleObject(sample) ?? {});
      if (!isEmpty(value)) yield value;
    }
  }
}
