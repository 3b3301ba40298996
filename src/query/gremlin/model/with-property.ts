/** The values of one key of a vertex, as they are kept, with one more among them: single, list or set. */
import type { Value } from '../../../graph/element.ts';
import type { Cardinality, NewProperty } from '../property-graph.ts';
import type { GValue } from '../value/value.ts';
import { derivedId } from './derived.ts';
import { type Entry, entriesOf, withEntries } from './entries.ts';
import { propertyKey } from './names.ts';
import { isSame } from './stored.ts';

interface Storing {
  /** Where the property names no cardinality. */
  readonly usual: Cardinality;
  stored(key: string, value: GValue): Value;
}

/** What is kept under a key of a vertex once it has this property too. */
export function withProperty(
  vertex: string,
  before: Value | undefined,
  property: NewProperty,
  { usual, stored }: Storing,
): Value | undefined {
  const { key, value, id } = property;
  const cardinality = property.cardinality ?? usual;
  // Without a value there is no property: TinkerGraph as it is by default.
  if (value === null) return cardinality === 'single' ? undefined : before;
  const meta = metaOf(property);
  if (cardinality === 'single') {
    if (id === undefined && meta === undefined) return stored(key, value);
    return withEntries([{ id: givenId(id, derivedId(vertex, key)), value, meta }]);
  }
  const entries = entriesOf(before);
  const isOther = (entry: Entry) =>
    id === undefined
      ? cardinality === 'list' || !isSame(entry.value, value)
      : !isSame(entry.id ?? derivedId(vertex, key), id);
  const other = entries.filter(isOther);
  if (other.length < entries.length) {
    const changed = (entry: Entry) => ({ ...entry, value, meta: joined(entry.meta, meta) });
    return withEntries(entries.map((entry) => (isOther(entry) ? entry : changed(entry))));
  }
  return withEntries([...entries, { id: id ?? freeId(vertex, key, entries), value, meta }]);
}

function metaOf({ meta }: NewProperty): ReadonlyMap<string, GValue> | undefined {
  if (!meta?.length) return undefined;
  return new Map(meta.flatMap(([key, value]) => (value === null ? [] : [[propertyKey(key), value] as const])));
}

function joined(before: Entry['meta'], more: Entry['meta']): Entry['meta'] {
  return more === undefined ? before : new Map([...(before ?? []), ...more]);
}

/** An id that would follow anyway need not be kept. */
function givenId(id: GValue | undefined, derived: number): GValue | undefined {
  return id === derived ? undefined : id;
}

/** Of the first of a key it follows; more of them count on. */
function freeId(vertex: string, key: string, entries: readonly Entry[]): number | undefined {
  if (entries.length === 0) return undefined;
  let n = entries.length;
  const isTaken = (id: number) => entries.some((entry) => entry.id === id);
  while (isTaken(derivedId(vertex, key, n))) n++;
  return derivedId(vertex, key, n);
}
