/** Traversers that wait for the next round: those that are alike in all that can matter later count as one. */

import type { Trail, Traverser } from './traverser.ts';
import { keyOf } from './value/identity.ts';
import type { Operator } from './value/operator.ts';
import type { GValue } from './value/value.ts';

export interface Merging {
  /** What becomes of two sacks; without it only those with the same are alike. */
  readonly joinSacks?: Operator | undefined;
  /** False: one that stands for several counts as one still (withBulk(false)). */
  readonly isBulked?: boolean;
}

export class Gathering {
  readonly #merging: Merging | undefined;
  readonly #places = new Map<Trail | undefined, Map<unknown, Traverser>>();
  #all: Traverser[] = [];

  /** Without `merging` nobody is counted for another. */
  constructor(merging: Merging | undefined) {
    this.#merging = merging;
  }

  get size(): number {
    return this.#all.length;
  }

  /** False when it was put together with one that is there; it is not to be used any more then. */
  add(traverser: Traverser): boolean {
    if (this.#merging !== undefined) {
      const { trail, value } = traverser;
      let places = this.#places.get(trail);
      if (places === undefined) {
        places = new Map();
        this.#places.set(trail, places);
      }
      const key = placeOf(value);
      const same = places.get(key);
      if (same !== undefined && same.loops === traverser.loops && this.#joins(same, traverser)) return false;
      if (same === undefined) places.set(key, traverser);
    }
    this.#all.push(traverser);
    return true;
  }

  #joins(same: Traverser, more: Traverser): boolean {
    const { joinSacks, isBulked = true } = this.#merging ?? {};
    if (joinSacks !== undefined && same.sack !== undefined && more.sack !== undefined)
      same.sack = joinSacks(same.sack, more.sack);
    else if (same.sack !== more.sack) return false;
    if (isBulked) same.bulk += more.bulk;
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
