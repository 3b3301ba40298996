/** What `tree` gathers: the ways of all that come, put together where they begin alike. */
import { Hoard } from '../run/side-effects.ts';
import { GMap } from '../value/collections.ts';
import { type GValue, Tree } from '../value/value.ts';

export class Ways extends Hoard {
  readonly #tree: Tree;

  constructor(before?: GValue) {
    super();
    this.#tree = before instanceof Tree ? before : new Tree(new GMap());
  }

  /** How many branches were not there before. */
  add(way: readonly GValue[]): number {
    let added = 0;
    let { entries } = this.#tree;
    for (const value of way) {
      let branch = entries.get(value) as Tree | undefined;
      if (branch === undefined) {
        branch = new Tree(new GMap());
        entries.set(value, branch);
        added++;
      }
      entries = branch.entries;
    }
    return added;
  }

  result(): Tree {
    return this.#tree;
  }
}
