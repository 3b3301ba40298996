/** `order().by('age', desc).by(…)`: what is compared of each, and how. */
import type { By } from '../arguments/by.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import { NOTHING, type Nothing } from '../step.ts';
import { compareAll, type Ids } from '../value/compare.ts';
import { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';

/** Something with the values that it is sorted by. */
export interface Keyed<T> {
  readonly item: T;
  readonly keys: readonly GValue[];
}

export class Ordering {
  readonly #bys: readonly By[];
  readonly isDirect: boolean;

  /** One `by` at least. */
  constructor(bys: readonly By[]) {
    this.#bys = bys;
    this.isDirect = bys.every(({ direct }) => direct !== undefined);
  }

  /** NOTHING where one of the `by`s finds nothing: then it is not among the sorted. */
  *keysOf(traverser: Traverser, run: Run): Generator<undefined, readonly GValue[] | Nothing> {
    const keys: GValue[] = [];
    for (const by of this.#bys) {
      const key = by.direct === undefined ? yield* by.value(traverser, run) : by.direct(traverser, run);
      if (key === NOTHING) return NOTHING;
      keys.push(by.order?.name === 'shuffle' ? run.random() : plain(key));
    }
    return keys;
  }

  /** The same where nobody has to wait. */
  keysNow(traverser: Traverser, run: Run): readonly GValue[] | Nothing {
    const [first] = this.#bys;
    if (first?.direct !== undefined && this.#bys.length === 1 && first.order?.name !== 'shuffle') {
      const key = first.direct(traverser, run);
      return key === NOTHING ? NOTHING : [plain(key)];
    }
    const { done, value } = this.keysOf(traverser, run).next();
    return done ? value : NOTHING;
  }

  compare(ids: Ids): (a: Keyed<unknown>, b: Keyed<unknown>) => number {
    const signs = this.#bys.map(({ order }) => (order?.name === 'desc' ? -1 : 1));
    const [sign = 1] = signs;
    // Nearly every order.
    if (signs.length === 1) return ({ keys: [a = null] }, { keys: [b = null] }) => sign * compareAll(a, b, ids);
    return (a, b) => {
      for (const [at, sign] of signs.entries()) {
        const order = compareAll(a.keys[at] as GValue, b.keys[at] as GValue, ids);
        if (order !== 0) return sign * order;
      }
      return 0;
    };
  }
}

/** Words sort by their names, among texts: T.label is a key of an elementMap like any other. */
function plain(key: GValue): GValue {
  return key instanceof Token ? key.name : key;
}
