/** What differs between two versions of one id. */
import type { Element } from './element.ts';
import { changedKeys } from './value.ts';
import type { Difference } from './view.ts';

export function difference(before: Element | undefined, after: Element | undefined): Difference[] {
  if (!before) return after ? [{ kind: 'added', before: undefined, after, keys: [] }] : [];
  if (!after) return [{ kind: 'removed', before, after: undefined, keys: [] }];
  // Another life is another thing, even when it looks the same.
  if (before.createdAt !== after.createdAt) return [...difference(before, undefined), ...difference(undefined, after)];
  const keys = changedKeys(before.metadata, after.metadata).map((key) => ({
    key,
    before: before.metadata[key],
    after: after.metadata[key],
  }));
  return keys.length === 0 ? [] : [{ kind: 'changed', before, after, keys }];
}
