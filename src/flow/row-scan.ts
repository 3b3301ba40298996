/** Ways over the rows of a store that go on after a pause, whatever has ended meanwhile. */
import { row as r } from './row.ts';
import type { FlowStore } from './store.ts';

/** What `next` gives beside rows. */
export const NONE = 0;
export const BREATH = -1;

export interface Rows {
  /** `BREATH`: one was looked at that is not among them. */
  next(): number;
  /** Before others run: rows may end, and come again as other flows. */
  pause(): void;
}

export interface Indexed {
  readonly lists: readonly RowChain[];
  /** How many there are, where that is known without looking. */
  readonly size?: number;
  /** Whether a row that lives is among them, where they can be many. */
  readonly has?: (row: number) => boolean;
}

export interface RowChain {
  readonly first: number;
  /** The word of a row that names the next one; undefined: there is but one. */
  readonly nextWord: number | undefined;
}

export class AllRows implements Rows {
  readonly #store: FlowStore;
  #at = 0;

  constructor(store: FlowStore) {
    this.#store = store;
  }

  next(): number {
    return ++this.#at < this.#store.rows.end ? this.#at : NONE;
  }

  pause(): void {
    // A place among all rows stays what it is.
  }
}

/** Rows that are remembered before a pause; when more are left, all rows are looked through instead. */
const REMEMBERED_MAX = 8192;

/** Rows of linked lists, one list after the other. */
export class ListedRows implements Rows {
  readonly #store: FlowStore;
  readonly #lists: RowChain[];
  readonly #has: Indexed['has'];
  /** Given so far, for when all rows are looked through. */
  readonly #given = new Map<number, number>();
  #at = 0;
  #rest: Rows | undefined;

  constructor(store: FlowStore, { lists, has }: Indexed) {
    this.#store = store;
    this.#lists = [...lists];
    this.#has = has;
  }

  next(): number {
    if (this.#rest) return this.#rest.next();
    const row = this.#step();
    if (row !== NONE && this.#has) this.#given.set(row, this.#store.rows.get(row, r.uuid));
    return row;
  }

  pause(): void {
    if (this.#rest) return;
    const has = this.#has;
    const rest = new RememberedRows(this.#store);
    const row = this.#step();
    for (let next = row; next !== NONE; next = this.#step()) {
      if (has && rest.size >= REMEMBERED_MAX) {
        this.#rest = new OtherRows(this.#store, has, this.#given);
        return;
      }
      rest.add(next, this.#store.rows.get(next, r.uuid));
    }
    this.#rest = rest;
  }

  #step(): number {
    while (this.#at === 0) {
      const list = this.#lists[0];
      if (!list) return NONE;
      this.#at = list.first;
      if (this.#at === 0) this.#lists.shift();
    }
    const row = this.#at;
    const word = (this.#lists[0] as RowChain).nextWord;
    this.#at = word === undefined ? 0 : this.#store.rows.get(row, word);
    if (this.#at === 0) this.#lists.shift();
    return row;
  }
}

/** All rows that `has` wants, but for those that were given, by row with the lower half of their UUID. */
class OtherRows implements Rows {
  readonly #store: FlowStore;
  readonly #all: AllRows;
  readonly #has: (row: number) => boolean;
  readonly #given: ReadonlyMap<number, number>;

  constructor(store: FlowStore, has: (row: number) => boolean, given: ReadonlyMap<number, number>) {
    this.#store = store;
    this.#all = new AllRows(store);
    this.#has = has;
    this.#given = given;
  }

  next(): number {
    const row = this.#all.next();
    if (row === NONE) return NONE;
    const isOther = this.#has(row) && this.#given.get(row) !== this.#store.rows.get(row, r.uuid);
    return isOther ? row : BREATH;
  }

  pause(): void {
    // As for all rows.
  }
}

/** Rows with what tells whether they still hold the same flow. */
export class RememberedRows implements Rows {
  readonly #store: FlowStore;
  readonly #rows: number[] = [];
  readonly #uuids: number[] = [];
  #at = 0;

  constructor(store: FlowStore) {
    this.#store = store;
  }

  get size(): number {
    return this.#rows.length;
  }

  /** `uuid`: its lower half. */
  add(row: number, uuid: number): void {
    this.#rows.push(row);
    this.#uuids.push(uuid);
  }

  next(): number {
    while (this.#at < this.#rows.length) {
      const row = this.#rows[this.#at] as number;
      const uuid = this.#uuids[this.#at++] as number;
      if (this.#store.isAlive(row) && this.#store.rows.get(row, r.uuid) === uuid) return row;
    }
    return NONE;
  }

  pause(): void {
    // What it goes by is remembered already.
  }
}
