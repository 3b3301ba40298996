/**
 * Properties of a vertex as the graph keeps them. Nearly all are one plain value under a key, and kept as just that. Only
 * several of one key, properties of a property and ids that were given need a list of entries.
 */
import type { Value } from '../../../graph/element.ts';
import type { GValue } from '../value/value.ts';
import { idOf, idText } from './ids.ts';
import { fromStored, toStored } from './stored.ts';

export interface Entry {
  /** Undefined: the one that follows from vertex and key. */
  readonly id: GValue | undefined;
  readonly value: GValue;
  readonly meta: ReadonlyMap<string, GValue> | undefined;
}

export function hasEntries(stored: Value): stored is { readonly t: 'many'; readonly v: readonly Kept[] } {
  return typeof stored === 'object' && stored !== null && (stored as { t?: Value }).t === 'many';
}

export function entriesOf(stored: Value | undefined): readonly Entry[] {
  if (stored === undefined) return [];
  if (!hasEntries(stored)) return [{ id: undefined, value: fromStored(stored), meta: undefined }];
  return stored.v.map(([id, value, meta]) => ({
    id: id === null ? undefined : idOf(id),
    value: fromStored(value),
    meta: meta === undefined ? undefined : new Map(meta.map(([key, item]) => [key, fromStored(item)])),
  }));
}

/** Undefined where there are none. */
export function withEntries(entries: readonly Entry[]): Value | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  if (entries.length === 1 && first.id === undefined && !first.meta?.size) return toStored(first.value);
  return { t: 'many', v: entries.map(kept) };
}

/** Id, value and properties of the property. */
type Kept = readonly [string | null, Value, ...meta: (readonly (readonly [string, Value])[])[]];

function kept({ id, value, meta }: Entry): Kept {
  const [idKept, valueKept] = [id === undefined ? null : idText(id), toStored(value)];
  if (!meta?.size) return [idKept, valueKept];
  return [idKept, valueKept, Array.from(meta, ([key, item]) => [key, toStored(item)] as const)];
}
