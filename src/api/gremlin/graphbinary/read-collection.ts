/** Lists, sets, maps and trees. */
import { GMap } from '../../../query/gremlin/value/collections.ts';
import { BulkSet, type GValue, Tree } from '../../../query/gremlin/value/value.ts';
import type { BytesIn } from './bytes-in.ts';

/** A count and that many values. */
export function readItems(from: BytesIn, what: string): readonly GValue[] {
  const count = from.count(2, what);
  const items: GValue[] = [];
  for (let i = 0; i < count; i++) items.push(from.gvalue());
  return items;
}

/** Each item is followed by how often it stands there. */
export function readBulked(from: BytesIn): readonly GValue[] {
  const count = from.count(10, 'a list');
  const items: GValue[] = [];
  for (let i = 0; i < count; i++) {
    const item = from.gvalue();
    const times = readTimes(from);
    from.unfold(times);
    for (let k = 0; k < times; k++) items.push(item);
  }
  return items;
}

export function readTimes(from: BytesIn): number {
  const { at } = from;
  const times = from.safeInt64('a count');
  if (times < 0) throw from.bad(`a count of ${times}`, at);
  return times;
}

export function readMap(from: BytesIn): GMap {
  const count = from.count(4, 'a map');
  const map = new GMap();
  for (let i = 0; i < count; i++) {
    const key = from.asKey(() => from.gvalue());
    map.set(key, from.gvalue());
  }
  return map;
}

export function readBulkSet(from: BytesIn): BulkSet {
  const count = from.count(10, 'a bulk set');
  const counts = new GMap();
  for (let i = 0; i < count; i++) {
    const item = from.asKey(() => from.gvalue());
    counts.set(item, readTimes(from) + ((counts.get(item) as number | undefined) ?? 0));
  }
  return new BulkSet(counts);
}

export function readTree(from: BytesIn): Tree {
  const count = from.count(6, 'a tree');
  const entries = new GMap();
  for (let i = 0; i < count; i++) {
    const key = from.asKey(() => from.gvalue());
    entries.set(
      key,
      from.within(() => readTree(from)),
    );
  }
  return new Tree(entries);
}
