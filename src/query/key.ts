/**
 * A key of a query, taken apart once: `Name`, `Metadata.VFS.MAC`, `@CreatedAt`, on edges `Parent` and `Child`.
 * Lists on the way fan out: `Neighbors.IP` is the list of all their IPs.
 */
import type { Element, Metadata, Value } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { counterKeys, readCounters } from './counters.ts';

export interface Key {
  /** As it was written. */
  readonly text: string;
  /** Dotted path in the metadata; undefined for fields of the element itself. An index may know it. */
  readonly path: string | undefined;
  /** `undefined`: the element has no such key. */
  read(element: Element, view: GraphView): Value | undefined;
  /** The same in a plain object, such as one of `Values('Neighbors')`. */
  find(value: Value): Value | undefined;
}

export function compileKey(text: string): Key {
  const field = fields.get(text);
  if (field !== undefined) return { text, path: undefined, read: field, find: () => undefined };
  const path = text.startsWith('Metadata.') && text !== 'Metadata.' ? text.slice('Metadata.'.length) : text;
  const parts = path.split('.');
  const find = (value: Value) => walk(value, parts, 0);
  return { text, path, read: readerOf(path, parts), find };
}

/** Names of the fields every element has, in the order the reference lists them. */
export const fieldNames = ['@ID', '@Host', '@Origin', '@CreatedAt', '@UpdatedAt', '@DeletedAt', '@Revision'] as const;

const fields = new Map<string, (element: Element) => Value | undefined>([
  ['@ID', (element) => element.id],
  ['@Host', (element) => element.host],
  ['@Origin', (element) => element.origin],
  ['@CreatedAt', (element) => element.createdAt],
  ['@UpdatedAt', (element) => element.updatedAt],
  ['@DeletedAt', (element) => element.deletedAt],
  ['@Revision', (element) => element.revision],
]);

function readerOf(path: string, parts: readonly string[]): Key['read'] {
  if (path === 'Parent' || path === 'Child') {
    const end = path === 'Parent' ? 'parent' : 'child';
    return (element) => (element.kind === 'edge' ? element[end] : own(element.metadata, path));
  }
  if (counterKeys.some((key) => path === key || path.startsWith(`${key}.`)))
    return (element, view) => walk(element.metadata, parts, 0) ?? readCounters(element.id, parts, view);
  if (parts.length > 1) return (element) => walk(element.metadata, parts, 0);
  // Nearly every key: no prototype has a property of this name, so a plain look-up cannot find one.
  if (!(path in Object.prototype)) return (element) => element.metadata[path];
  return (element) => own(element.metadata, path);
}

function walk(value: Value, parts: readonly string[], at: number): Value | undefined {
  if (at === parts.length) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if (!isList(value)) {
    // A key that has dots in its own name wins over a path.
    const inner = own(value, parts[at] as string);
    if (inner !== undefined) return walk(inner, parts, at + 1);
    return at < parts.length - 1 ? own(value, parts.slice(at).join('.')) : undefined;
  }
  const found: Value[] = [];
  for (const item of value) {
    const inner = walk(item, parts, at);
    if (inner === undefined) continue;
    if (isList(inner)) for (const one of inner) found.push(one);
    else found.push(inner);
  }
  return found.length > 0 ? found : undefined;
}

function own(object: Metadata, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** What `Values` leaves out: nothing, null, and empty lists and objects. */
export function isEmpty(value: Value | undefined): value is undefined | null {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'object') return false;
  if (isList(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}
