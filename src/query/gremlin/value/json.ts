/** JSON to values: objects are maps, and what is not there is left out. */
import { GMap } from './collections.ts';
import type { GValue } from './value.ts';

export function fromJson(value: unknown): GValue {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null) return (value ?? null) as GValue;
  return new GMap(entriesOf(value));
}

export function* entriesOf(object: object): Generator<readonly [string, GValue]> {
  for (const [key, item] of Object.entries(object)) if (item !== undefined) yield [key, fromJson(item)];
}
