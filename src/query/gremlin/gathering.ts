/** Traversers that wait for the next round: those that are alike in all that can matter later count as one. */

import type { Trail, Traverser } from './traverser.ts';
import { keyOf } from './value/identity.ts';
import type { GValue } from './value/value.ts';

export class Gathering {
  readonly #merges: boolean;
  readonly #places = new Map<Trail | undefined, Map<unknown, Traverser>>();
  #all: Traverser[] = [];

  /** `merges`: false where nobody may be counted for another, or where no two can be alike. */
  constructor(merges: boolean) {
    this.#merges = merges;
  }

  get size(): number {
    return this.#all.length;
  }

  /** False when it was put together with one that is there; it is not to be used any more then. */
  add(traverser: Traverser): boolean {
    if (this.#merges) {
      const { trail, value } = traverser;
      let places = this.#places.get(trail);
      if (places === undefined) {
        places = new Map();
        this.#places.set(trail, places);
      }
      const key = placeOf(value);
      const same = places.get(key);
      if (same !== undefined && same.sack === traverser.sack && same.loops === traverser.loops) {
        same.bulk += traverser.bulk;
        return false;
      }
      if (same === undefined) places.set(key, traverser);
    }
    this.#all.push(traverser);
    return true;
  }

  /** All of them, in order of the first of each; it is empty then. */
  take(): Traverser[] {
    const all = this.#all;
    this.#all = [];
    this.#places.clear();
    return all;
  }
}

/** An element of one moment is one object, which is quicker than its id. Where it is not, it is only counted apart. */
function placeOf(value: GValue): unknown {
  return typeof value === 'object' && value !== null && 'kind' in value ? value : keyOf(value);
}
