/** What differs between two versions of one id. */
import type { Element } from './element.ts';
import { changedKeys } from './value.ts';
import type { Difference, GraphView } from './view.ts';

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

/** What differs between two moments, by comparing both whole. */
export function differences(before: GraphView, after: GraphView): Difference[] {
  const found: Difference[] = [];
  for (const elements of [(view: GraphView) => view.nodes(), (view: GraphView) => view.edges()]) {
    const left = new Map(Array.from<Element, [string, Element]>(elements(before), (element) => [element.id, element]));
    for (const element of elements(after)) {
      found.push(...difference(left.get(element.id), element));
      left.delete(element.id);
    }
    for (const element of left.values()) found.push(...difference(element, undefined));
  }
  return found;
}
