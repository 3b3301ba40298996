/** What stands behind the last step of a script: `.next()`, `.toList()`, `.hasNext()`, `.iterate()`… */
import type { Prepared } from '../../query/gremlin/engine.ts';
import { explanationOf } from '../../query/gremlin/explain/explanation.ts';
import { GMap, GSet } from '../../query/gremlin/value/collections.ts';
import { isList } from '../../query/gremlin/value/identity.ts';
import { isNumber, toNumber } from '../../query/gremlin/value/num.ts';
import type { GValue } from '../../query/gremlin/value/value.ts';
import { type Batch, HeldResults, type Results } from './results.ts';

/** Values asked for at once while a traversal is run to its end. */
const portion = 1000;

export function terminated({ terminal, args, compiled }: Prepared, results: Results): Results | Promise<Results> {
  switch (terminal) {
    case 'next': {
      const [count] = args;
      return isNumber(count) ? first(results, toNumber(count)) : next(results);
    }
    case 'tryNext':
      return first(results, 1);
    case 'hasNext':
      return hasNext(results);
    case 'toSet':
    case 'toBulkSet':
      return toSet(results);
    case 'iterate':
      return iterate(results);
    case 'explain':
      results.close();
      return new HeldResults([explanationOf(compiled)]);
    default:
      return results;
  }
}

async function first(results: Results, count: number): Promise<Results> {
  const values: GValue[] = [];
  while (values.length < count) {
    const batch: Batch = await results.next(count - values.length);
    values.push(...batch.values);
    if (batch.isLast) break;
  }
  results.close();
  return new HeldResults(values);
}

/** A server goes through what a script gives: a list is told item by item, a map entry by entry. */
async function next(results: Results): Promise<Results> {
  const { values } = await results.next(1);
  results.close();
  const [value] = values;
  if (value === undefined) return new HeldResults([]);
  if (isList(value)) return new HeldResults(value);
  if (value instanceof GSet) return new HeldResults([...value]);
  if (value instanceof GMap) return new HeldResults(Array.from(value, (entry) => new GMap([entry])));
  return new HeldResults([value]);
}

async function hasNext(results: Results): Promise<Results> {
  const { values } = await results.next(1);
  results.close();
  return new HeldResults([values.length > 0]);
}

async function toSet(results: Results): Promise<Results> {
  const set = new GSet();
  for (;;) {
    const batch: Batch = await results.next(portion);
    for (const value of batch.values) set.add(value);
    if (batch.isLast) return new HeldResults([...set]);
  }
}

async function iterate(results: Results): Promise<Results> {
  while (!(await results.next(portion)).isLast);
  return new HeldResults([]);
}
