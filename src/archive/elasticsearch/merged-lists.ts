/** What two have changed of the same lists, entry by entry: each change is kept, and of two to one entry ours. */
import { isDeepStrictEqual } from 'node:util';
import type { Lists } from '../../std/kept-lists.ts';

export interface ListsToMerge<L> {
  /** What both began with. */
  readonly base: L;
  readonly mine: L;
  readonly theirs: L;
  readonly keyOf: (list: keyof L, entry: unknown) => string;
}

/** In their order, and what is ours alone behind. */
export function mergedLists<L extends Lists<L>>({ base, mine, theirs, keyOf }: ListsToMerge<L>): L {
  const names = Object.keys(theirs) as (keyof L)[];
  return Object.fromEntries(
    names.map((name) => {
      const byKey = (lists: L) => new Map(lists[name].map((entry) => [keyOf(name, entry), entry]));
      return [name, merged(byKey(base), byKey(mine), byKey(theirs))];
    }),
  ) as unknown as L;
}

function merged(base: Entries, mine: Entries, theirs: Entries): unknown[] {
  const found: unknown[] = [];
  for (const [key, entry] of theirs) {
    if (!mine.has(key)) {
      // Either they added it, or we took it away.
      if (!base.has(key)) found.push(entry);
    } else found.push(isDeepStrictEqual(mine.get(key), base.get(key)) ? entry : mine.get(key));
  }
  for (const [key, entry] of mine) {
    if (theirs.has(key)) continue;
    // They took it away, unless we added it, or changed it meanwhile.
    if (!base.has(key) || !isDeepStrictEqual(entry, base.get(key))) found.push(entry);
  }
  return found;
}

type Entries = ReadonlyMap<string, unknown>;
