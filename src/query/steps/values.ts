import type { Value } from '../../graph/element.ts';
import { keys } from '../arguments.ts';
import { sampleObject } from '../counters.ts';
import { topsOf } from '../flowkey.ts';
import { isEmpty, type Key } from '../key.ts';
import type { Kind } from '../kind.ts';
import { readerOf } from '../reader.ts';
import { defineStep, type Items, type Run, type Series, type SocketsOf } from '../step.ts';

export const values = defineStep({
  name: 'Values',
  dialect: ['skydive'],
  doc: 'The values of a key; what does not have it is left out, lists stay lists.',
  args: keys({ least: 1, most: 1 }),
  example: { on: 'device:eth0 {"MTU":1500}\n host:h1', query: "G.V().Values('MTU')", gives: ['1500'] },
  gives: {
    nodes: 'values',
    edges: 'values',
    history: 'values',
    values: 'values',
    metrics: 'values',
    flows: 'values',
    sockets: 'values',
  },
  flowFields: topsOf,
  stream: ([key], takes): ((input: Items, run: Run) => Items) => {
    const wanted = key as Key;
    if (takes === 'metrics') return (input) => ofSeries(input as Items<Series>, wanted);
    if (takes === 'sockets') return (input) => ofSockets(input as Items<SocketsOf>, wanted);
    return (input, run) => ofEach(input, wanted, takes, run);
  },
});

function* ofEach(input: Items, key: Key, takes: Kind, { view }: Run): Generator<Value | undefined> {
  const read = readerOf(key, takes)(view);
  for (const item of input) {
    const value = item === undefined ? undefined : read(item);
    if (item === undefined) yield undefined;
    else if (!isEmpty(value)) yield value;
  }
}

function* ofSockets(input: Items<SocketsOf>, key: Key): Generator<Value | undefined> {
  for (const item of input) {
    if (item === undefined) {
      yield undefined;
      continue;
    }
    for (const socket of item.sockets) {
      const value = key.find(socket);
      if (!isEmpty(value)) yield value;
    }
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
