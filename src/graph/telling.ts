/** What happened here, as it is told to a graph that mirrors this one. */
import type { GraphEvent } from './change.ts';
import type { Element, Metadata, Value } from './element.ts';
import type { Told } from './told.ts';
import { changedKeys, put } from './value.ts';

/** Updates by what differs, all else whole. */
export function toldOf({ kind, element, before }: GraphEvent): Told {
  if (kind === 'removed') {
    const { kind: of, id, createdAt, revision, deletedAt = element.updatedAt } = element;
    return { kind: 'gone', of, id, createdAt, revision, deletedAt };
  }
  const follows = before?.createdAt === element.createdAt && before.revision === element.revision - 1;
  return kind === 'updated' && follows ? updateOf(before, element) : versionOf(element);
}

/** As it is now: when it ended is told when it has. */
export function versionOf(element: Element): Told {
  return { kind: 'version', element: { ...element, deletedAt: undefined, validTo: undefined } };
}

function updateOf(before: Element, element: Element): Told {
  const { kind: of, id, createdAt, revision, updatedAt, metadata } = element;
  const set: Record<string, Value> = {};
  const unset: string[] = [];
  for (const key of changedKeys(before.metadata, metadata))
    if (Object.hasOwn(metadata, key)) put(set, key, (metadata as Metadata)[key] as Value);
    else unset.push(key);
  return { kind: 'update', of, id, createdAt, revision, updatedAt, set, unset };
}
