/** Traversers that wait for the next round: those that are alike in all that can matter later count as one. */

import { Collection, isList, keyOf } from '../value/identity.ts';
import type { Operator } from '../value/operator.ts';
import { type GValue, Path, Tree } from '../value/value.ts';
import type { Traverser } from './traverser.ts';

export interface Merging {
  /** What becomes of two sacks; without it only those with the same are alike. */
  readonly joinSacks?: Operator | undefined;
  /** False: one that stands for several counts as one still (withBulk(false)). */
  readonly isBulked?: boolean;
}

export class Gathering {
  readonly #merging: Merging | undefined;
  readonly #places = new Map<unknown, Traverser>();
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
      const key = placeOf(traverser.value);
      const same = this.#places.get(key);
      if (same !== undefined && isAlike(same, traverser) && this.#joins(same, traverser)) return false;
      // Those that came the same way come one after the other, so the newest of each place is enough to know.
      this.#places.set(key, traverser);
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

/**
 * An element of one moment is one object, which is quicker than its id; what tells two collections apart may be long. Where
 * they are alike and not one object, they are only counted apart.
 */
function placeOf(value: GValue): unknown {
  return typeof value === 'object' && value !== null && ('kind' in value || isGathered(value)) ? value : keyOf(value);
}

function isGathered(value: GValue): boolean {
  return isList(value) || value instanceof Collection || value instanceof Path || value instanceof Tree;
}

function isAlike(a: Traverser, b: Traverser): boolean {
  return a.trail === b.trail && a.loops === b.loops;
}
