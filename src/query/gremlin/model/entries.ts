/**
 * Properties of a vertex as the graph keeps them. Nearly all are one plain value under a key, and kept as just that. Those
 * whose id was given have it beside them (`one`); only several of one key, and properties of a property, need a list.
 */
import type { Value } from '../../../graph/element.ts';
import { long, Num } from '../value/num.ts';
import type { GValue } from '../value/value.ts';
import { idOf, idText } from './ids.ts';
import { fromStored, toStored } from './stored.ts';

export interface Entry {
  /** Undefined: the one that follows from vertex and key. */
  readonly id: GValue | undefined;
  readonly value: GValue;
  readonly meta: ReadonlyMap<string, GValue> | undefined;
}

/** What is kept, when it is more than the value. */
type Entries =
  | { readonly t: 'one'; readonly v: Value; readonly id: KeptId }
  | { readonly t: 'many'; readonly v: readonly Kept[] };

/** Id, value and properties of the property. */
type Kept = readonly [KeptId | null, Value, ...meta: (readonly (readonly [string, Value])[])[]];

/** A number is a long, as nearly all are. */
type KeptId = string | number;

export function hasEntries(stored: Value): stored is Entries {
  if (typeof stored !== 'object' || stored === null) return false;
  const { t } = stored as { readonly t?: Value };
  return t === 'one' || t === 'many';
}

export function entriesOf(stored: Value | undefined): readonly Entry[] {
  if (stored === undefined) return [];
  if (!hasEntries(stored)) return [{ id: undefined, value: fromStored(stored), meta: undefined }];
  if (stored.t === 'one') return [{ id: idFrom(stored.id), value: fromStored(stored.v), meta: undefined }];
  return stored.v.map(([id, value, meta]) => ({
    id: id === null ? undefined : idFrom(id),
    value: fromStored(value),
    meta: meta === undefined ? undefined : new Map(meta.map(([key, item]) => [key, fromStored(item)])),
  }));
}

/** The values alone. */
export function valuesOf(stored: Entries): readonly GValue[] {
  return stored.t === 'one' ? [fromStored(stored.v)] : stored.v.map(([, value]) => fromStored(value));
}

/** Undefined where there are none. */
export function withEntries(entries: readonly Entry[]): Value | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  if (entries.length > 1 || first.meta?.size) return { t: 'many', v: entries.map(kept) };
  if (first.id === undefined) return toStored(first.value);
  return { t: 'one', v: toStored(first.value), id: keptId(first.id) };
}

function kept({ id, value, meta }: Entry): Kept {
  const idKept = id === undefined ? null : keptId(id);
  if (!meta?.size) return [idKept, toStored(value)];
  return [idKept, toStored(value), Array.from(meta, ([key, item]) => [key, toStored(item)] as const)];
}

function keptId(id: GValue): KeptId {
  return id instanceof Num && id.type === 'long' && typeof id.value === 'number' ? id.value : idText(id);
}

function idFrom(id: KeptId): GValue {
  return typeof id === 'number' ? long(id) : idOf(id);
}
