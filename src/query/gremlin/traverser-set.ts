/** Traversers that are alike in all that can matter later become one that counts for them. */
import type { Traverser } from './traverser.ts';
import { keyOf } from './value/identity.ts';

/** In order of the first of each. Those with a trail are never alike: where they came from may be asked. */
export function merged(all: readonly Traverser[]): Traverser[] {
  const found = new Map<unknown, Traverser>();
  const out: Traverser[] = [];
  for (const traverser of all) {
    if (traverser.trail !== undefined) {
      out.push(traverser);
      continue;
    }
    const key = placeOf(traverser);
    const same = found.get(key);
    if (same !== undefined && same.sack === traverser.sack && same.loops?.outer === traverser.loops?.outer) {
      same.bulk += traverser.bulk;
      continue;
    }
    const own = traverser.copy();
    found.set(key, own);
    out.push(own);
  }
  return out;
}

function placeOf({ value, loops }: Traverser): unknown {
  const key = keyOf(value);
  return loops === undefined ? key : `${loops.count} ${typeof key} ${String(key)}`;
}
