/** Folding the numbers of a stream into one: what Sum, Max, Min and Mean share. */
import type { Flow } from '../flow/flow.ts';
import type { Element, Value } from '../graph/element.ts';
import { mistake } from '../std/mistake.ts';
import { sampleObject } from './counters.ts';
import { isList, type Key } from './key.ts';
import type { Kind } from './kind.ts';
import { readerOf } from './reader.ts';
import type { Item, Items, Run, Series } from './step.ts';

export function* numbersOf(
  step: string,
  input: Items,
  key: Key | undefined,
  takes: Kind,
  { view, budget }: Run,
): Generator<number | undefined> {
  const read = valuesOf(key, takes, view);
  for (const item of input) {
    if (item === undefined || budget.spend()) yield undefined;
    if (item === undefined) continue;
    for (const value of read(item))
      if (typeof value === 'number') yield value;
      else yield* numbersIn(step, value, key, item, takes);
  }
}

function valuesOf(key: Key | undefined, takes: Kind, view: Run['view']): (item: Item) => (Value | undefined)[] {
  if (key === undefined) return (item) => (takes === 'values' ? [item as Value] : []);
  if (takes === 'metrics') {
    return (item) => (item as Series).samples.map((sample) => key.find(sampleObject(sample) ?? {}));
  }
  const read = readerOf(key, takes)(view);
  return (item) => [read(item)];
}

function* numbersIn(
  step: string,
  value: Value | undefined,
  key: Key | undefined,
  item: Item,
  takes: Kind,
): Generator<number> {
  if (typeof value === 'number') yield value;
  else if (isList(value)) for (const one of value) yield* numbersIn(step, one, key, item, takes);
  else if (value !== undefined && value !== null) {
    const what = key === undefined ? 'a value' : key.text;
    const of = takes === 'values' || takes === 'metrics' ? '' : ` of ${nameOf(item, takes)}`;
    throw mistake('query.not-a-number', `${step} takes numbers, but ${what}${of} is ${JSON.stringify(value)}`);
  }
}

function nameOf(item: Item, takes: Kind): string {
  return takes === 'flows' ? `flow ${(item as Flow).UUID}` : (item as Element).id;
}
