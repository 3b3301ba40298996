/** Lists, maps and trees. */
import { GMap } from '../../../query/gremlin/value/collections.ts';
import { isNumber, toNumber } from '../../../query/gremlin/value/num.ts';
import { BulkSet, type GValue, Tree } from '../../../query/gremlin/value/value.ts';
import type { GraphsonIn } from './graphson-in.ts';
import { fields, list } from './shapes.ts';

export function readItems(json: readonly unknown[], from: GraphsonIn): readonly GValue[] {
  return json.map((item, i) => from.child(i, item));
}

export function readMap(json: unknown, from: GraphsonIn): GMap {
  // GraphSON 2, and some clients, write an object.
  if (!Array.isArray(json)) {
    const map = new GMap();
    for (const [key, value] of Object.entries(fields(json, from))) map.set(key, from.child(key, value));
    return map;
  }
  return pairs(json, from, (key, value, map, i) => map.set(key, from.child(i, value)));
}

export function readBulkSet(json: unknown, from: GraphsonIn): BulkSet {
  return new BulkSet(
    pairs(list(json, from), from, (item, times, counts, i) => {
      const read = from.child(i, times);
      const count = isNumber(read) ? toNumber(read) : -1;
      if (!Number.isSafeInteger(count) || count < 0) throw from.bad('a count should stand here');
      counts.set(item, count + ((counts.get(item) as number | undefined) ?? 0));
    }),
  );
}

/** A flat list of keys and values; values are given as they are, with their places. */
function pairs(
  json: readonly unknown[],
  from: GraphsonIn,
  add: (key: GValue, value: unknown, to: GMap, i: number) => void,
): GMap {
  if (json.length % 2 !== 0) throw from.bad('a key has no value');
  const map = new GMap();
  for (let i = 0; i < json.length; i += 2) {
    const key = from.asKey(() => from.child(i, json[i]));
    add(key, json[i + 1], map, i + 1);
  }
  return map;
}

export function readTree(json: unknown, from: GraphsonIn): Tree {
  const entries = new GMap();
  for (const [i, branch] of list(json, from).entries())
    from.within(i, () => {
      const { key, value } = fields(branch, from);
      const below = from.gvalue(value);
      if (!(below instanceof Tree)) throw from.bad('a tree should stand here');
      entries.set(
        from.asKey(() => from.gvalue(key)),
        below,
      );
    });
  return new Tree(entries);
}
