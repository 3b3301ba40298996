/** What a writer says of some keys, laid over what is there. */
import type { Metadata } from './element.ts';
import { equal, put } from './value.ts';

/** The writer's keys as it says, everybody else's as they are. Gives the old object back when nothing differs. */
export function merged(before: Metadata, said: Metadata, owns: ReadonlySet<string>): Metadata {
  let isSame = true;
  const after: Record<string, Metadata[string]> = {};
  for (const key in before) {
    if (Object.hasOwn(said, key)) continue;
    if (owns.has(key)) isSame = false;
    else put(after, key, before[key] as Metadata[string]);
  }
  for (const key in said) {
    if (!equal(before[key], said[key])) isSame = false;
    put(after, key, said[key] as Metadata[string]);
  }
  return isSame ? before : after;
}

/** Keys that setting some and unsetting others really changes. */
export function patchedKeys(
  before: Metadata,
  set: Metadata | undefined,
  unset: readonly string[] | undefined,
): string[] {
  const keys: string[] = [];
  for (const key in set) if (!equal(before[key], set[key])) keys.push(key);
  for (const key of unset ?? NO_KEYS)
    if (Object.hasOwn(before, key) && !(set && Object.hasOwn(set, key))) keys.push(key);
  return keys;
}

/** `keys` are those that change. */
export function patched(before: Metadata, keys: readonly string[], set: Metadata | undefined): Metadata {
  const after = set ? { ...before, ...set } : before;
  if (keys.every((key) => set && Object.hasOwn(set, key))) return after;
  return Object.fromEntries(
    Object.entries(after).filter(([key]) => !keys.includes(key) || (set && Object.hasOwn(set, key))),
  );
}

const NO_KEYS: readonly string[] = [];
