/** What `groupCount` gathers: how many of each key. */
import { Hoard } from '../run/side-effects.ts';
import { GMap } from '../value/collections.ts';
import { keyOf } from '../value/identity.ts';
import { isNumber, long, toNumber } from '../value/num.ts';
import type { GValue } from '../value/value.ts';

export class Counts extends Hoard {
  readonly #counts = new Map<unknown, Count>();
  /** One map for all who ask, early or late. */
  readonly #map = new GMap();
  readonly #changed = new Set<Count>();

  /** `before`: a map to numbers, to count on from. */
  constructor(before?: GValue) {
    super();
    if (!(before instanceof GMap)) return;
    for (const [key, number] of before) if (isNumber(number)) this.add(key, toNumber(number));
  }

  /** True when it is the first of its key. */
  add(key: GValue, bulk: number): boolean {
    const known = keyOf(key);
    const count = this.#counts.get(known);
    if (count === undefined) {
      const first = { key, number: bulk };
      this.#counts.set(known, first);
      this.#changed.add(first);
      return true;
    }
    count.number += bulk;
    this.#changed.add(count);
    return false;
  }

  result(): GMap {
    for (const { key, number } of this.#changed) this.#map.set(key, long(number));
    this.#changed.clear();
    return this.#map;
  }
}

interface Count {
  readonly key: GValue;
  number: number;
}
