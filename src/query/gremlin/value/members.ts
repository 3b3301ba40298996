/** What a collection holds, one by one. What is none of them holds nothing: undefined. */
import { GMap, GSet, MapEntry } from './collections.ts';
import { isList } from './identity.ts';
import { isNumber, toNumber } from './num.ts';
import { BulkSet, type GValue, Path, Tree } from './value.ts';

/** Of Java's Iterables: lists, sets, paths. */
export function membersOf(value: GValue): Iterable<GValue> | undefined {
  if (isList(value)) return value;
  if (value instanceof GSet) return value;
  if (value instanceof Path) return value.objects;
  if (value instanceof BulkSet) return each(value);
  return undefined;
}

/** Of these, and the entries of maps. */
export function partsOf(value: GValue): Iterable<GValue> | undefined {
  if (value instanceof MapEntry) return undefined;
  if (value instanceof GMap) return entries(value);
  if (value instanceof Tree) return entries(value.entries);
  return membersOf(value);
}

/** How many parts it has; one for what has none. */
export function sizeOf(value: GValue): number {
  if (isList(value)) return value.length;
  if (value instanceof MapEntry) return 1;
  if (value instanceof GSet || value instanceof GMap) return value.size;
  if (value instanceof Tree) return value.entries.size;
  if (value instanceof Path) return value.objects.length;
  if (!(value instanceof BulkSet)) return 1;
  let size = 0;
  for (const [, count] of value.counts) size += isNumber(count) ? toNumber(count) : 0;
  return size;
}

function* entries(map: GMap): Generator<GValue> {
  for (const [key, value] of map) yield new MapEntry(key, value);
}

function* each({ counts }: BulkSet): Generator<GValue> {
  for (const [value, count] of counts)
    for (let left = isNumber(count) ? toNumber(count) : 0; left > 0; left--) yield value;
}
