/** Rows in an order, linked through two words that they have themselves. */
import type { Slab } from './slab.ts';

export class RowList {
  readonly #rows: Slab;
  readonly #before: number;
  first = 0;
  last = 0;
  size = 0;

  /** `before`: the word that names the row before; the next word names the one after. */
  constructor(rows: Slab, before: number) {
    this.#rows = rows;
    this.#before = before;
  }

  append(row: number): void {
    this.#rows.set(row, this.#before, this.last);
    this.#rows.set(row, this.#before + 1, 0);
    if (this.last === 0) this.first = row;
    else this.#rows.set(this.last, this.#before + 1, row);
    this.last = row;
    this.size++;
  }

  remove(row: number): void {
    const before = this.#rows.get(row, this.#before);
    const after = this.after(row);
    if (before === 0) this.first = after;
    else this.#rows.set(before, this.#before + 1, after);
    if (after === 0) this.last = before;
    else this.#rows.set(after, this.#before, before);
    this.size--;
  }

  /** 0 for none. */
  after(row: number): number {
    return this.#rows.get(row, this.#before + 1);
  }
}
