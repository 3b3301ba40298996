/** Folding the numbers of a stream into one: what Sum, Max, Min and Mean share. */
import type { Element, Value } from '../graph/element.ts';
import { mistake } from '../std/mistake.ts';
import { sampleObject } from './counters.ts';
import { isList, type Key } from './key.ts';
import type { Kind } from './kind.ts';
import type { Item, Items, Run, Series } from './step.ts';

export function* numbersOf(
  step: string,
  input: Items,
  key: Key | undefined,
  takes: Kind,
  { view }: Run,
): Generator<number | undefined> {
  for (const item of input) {
    if (item === undefined) yield undefined;
    else for (const value of valuesOf(item, key, takes, view)) yield* numbersIn(step, value, key, item, takes);
  }
}

function valuesOf(item: Item, key: Key | undefined, takes: Kind, view: Run['view']): (Value | undefined)[] {
  if (takes === 'values') return [key === undefined ? (item as Value) : key.find(item as Value)];
  if (key === undefined) return [];
  if (takes === 'metrics') return (item as Series).samples.map((sample) => key.find(sampleObject(sample) ?? {}));
  return [key.read(item as Element, view)];
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
    const of = takes === 'values' || takes === 'metrics' ? '' : ` of ${(item as Element).id}`;
    throw mistake('query.not-a-number', `${step} takes numbers, but ${what}${of} is ${JSON.stringify(value)}`);
  }
}
