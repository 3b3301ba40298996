/** Values of metadata: equality, dotted paths, and what changed between two of them. */
import type { Metadata, Value } from './element.ts';

export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const left = a as Metadata;
  const right = b as Metadata;
  let keys = 0;
  for (const key in left) {
    keys++;
    if (!Object.hasOwn(right, key) || !equal(left[key], right[key])) return false;
  }
  for (const _ in right) keys--;
  return keys === 0;
}

/** Top-level keys whose value differs, in either direction. */
export function changedKeys(before: Metadata, after: Metadata): string[] {
  if (before === after) return [];
  const keys: string[] = [];
  for (const key in after) if (!equal(before[key], after[key])) keys.push(key);
  for (const key in before) if (!Object.hasOwn(after, key)) keys.push(key);
  return keys;
}

/** Every plain value found under a path of keys; lists on the way fan out. */
export function scalarsAt(value: Value | undefined, path: readonly string[], from = 0): readonly Scalar[] {
  if (value === undefined) return NOTHING;
  if (Array.isArray(value)) return value.flatMap((item) => scalarsAt(item, path, from));
  if (from === path.length) return typeof value === 'object' && value !== null ? NOTHING : [value as Scalar];
  if (typeof value !== 'object' || value === null) return NOTHING;
  return scalarsAt((value as Metadata)[path[from] as string], path, from + 1);
}

/** What an object has of its own: every object inherits a `constructor`. */
export function ownValue(object: Metadata, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** As assignment, also for the one name that an assignment takes for something else. */
export function put(object: Record<string, Value>, key: string, value: Value): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}

export type Scalar = string | number | boolean | null;

const NOTHING: readonly Scalar[] = [];
