/** The kinds of values that TinkerPop tells apart when it compares: their order is the order across kinds ("Gremlin Semantics"). */
import type { Element } from '../../../graph/element.ts';
import { GMap, GSet, MapEntry } from './collections.ts';
import { Num } from './num.ts';
import { BulkSet, DateTime, type GValue, Path, Property, Tree, Uuid, VertexProperty } from './value.ts';

export const kinds = {
  nothing: 0,
  boolean: 1,
  number: 2,
  date: 3,
  text: 4,
  uuid: 5,
  vertex: 6,
  edge: 7,
  vertexProperty: 8,
  property: 9,
  path: 10,
  set: 11,
  list: 12,
  map: 13,
  mapEntry: 14,
  other: 15,
} as const;

export type Kind = (typeof kinds)[keyof typeof kinds];

export function kindOf(value: GValue): Kind {
  switch (typeof value) {
    case 'number':
      return kinds.number;
    case 'string':
      return kinds.text;
    case 'boolean':
      return kinds.boolean;
    default:
      return value === null ? kinds.nothing : kindOfObject(value);
  }
}

function kindOfObject(value: GValue & object): Kind {
  if (value instanceof Num) return kinds.number;
  if ('kind' in value) return (value as Element).kind === 'node' ? kinds.vertex : kinds.edge;
  if (Array.isArray(value)) return kinds.list;
  if (value instanceof DateTime) return kinds.date;
  if (value instanceof Uuid) return kinds.uuid;
  if (value instanceof VertexProperty) return kinds.vertexProperty;
  if (value instanceof Property) return kinds.property;
  if (value instanceof Path) return kinds.path;
  // Java has them so: a BulkSet is a Set, a Tree is a Map.
  if (value instanceof GSet || value instanceof BulkSet) return kinds.set;
  if (value instanceof MapEntry) return kinds.mapEntry;
  if (value instanceof GMap || value instanceof Tree) return kinds.map;
  return kinds.other;
}
