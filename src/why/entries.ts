/** Lists of maps compared by what names their entries. */
import type { Metadata, Value } from '../graph/element.ts';
import { equal } from '../graph/value.ts';
import { objectsIn } from '../query/routing.ts';

export interface EntryChange {
  readonly name: string;
  readonly from: Metadata | undefined;
  readonly to: Metadata | undefined;
}

/** Entries of one name count as the last of them. */
export function entryChanges(
  before: Value | undefined,
  after: Value | undefined,
  nameOf: (entry: Metadata) => string,
): EntryChange[] {
  return changesBetween(objectsIn(before), objectsIn(after), nameOf);
}

export function changesBetween(
  before: Iterable<Metadata>,
  after: Iterable<Metadata>,
  nameOf: (entry: Metadata) => string,
): EntryChange[] {
  const left = new Map(Array.from(before, (entry) => [nameOf(entry), entry]));
  const changes: EntryChange[] = [];
  for (const entry of after) {
    const name = nameOf(entry);
    const from = left.get(name);
    left.delete(name);
    if (from === undefined || !equal(from, entry)) changes.push({ name, from, to: entry });
  }
  for (const [name, from] of left) changes.push({ name, from, to: undefined });
  return changes;
}
