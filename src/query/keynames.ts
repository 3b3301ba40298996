/** The names of all keys an element has; those within objects with dots. */
import type { Element, Metadata, Value } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { counterKeys, readCounters } from './counters.ts';
import { fieldNames, isList } from './key.ts';

export function* keyNames(element: Element, view: GraphView): Generator<string> {
  yield* fieldNames;
  if (element.kind === 'edge') yield* ['Parent', 'Child'];
  yield* namesWithin(element.metadata);
  for (const key of counterKeys) {
    const counters = readCounters(element.id, key.split('.'), view);
    if (counters === undefined) continue;
    yield key;
    yield* namesWithin(counters, `${key}.`);
  }
}

export function* namesWithin(value: Value, prefix = ''): Generator<string> {
  if (isList(value)) for (const item of value) yield* namesWithin(item, prefix);
  else if (typeof value === 'object' && value !== null)
    for (const key of Object.keys(value as Metadata)) {
      yield prefix + key;
      yield* namesWithin((value as Metadata)[key] as Value, `${prefix}${key}.`);
    }
}
