/**
 * Rows found by 64 bits that they have themselves: open addressing, four bytes a slot. What is looked for are hashes, so
 * their lower half is one.
 */
import type { Slab } from './slab.ts';

export class RowIndex {
  readonly #rows: Slab;
  readonly #word: number;
  #slots = new Uint32Array(1024);
  #used = 0;

  /** `word`: where in a row the lower half lies; the higher one follows. */
  constructor(rows: Slab, word: number) {
    this.#rows = rows;
    this.#word = word;
  }

  get sizeBytes(): number {
    return this.#slots.byteLength;
  }

  /** The row; 0 for none. Of several, each that `accepts` refuses is passed over. */
  find(high: number, low: number, accepts?: (row: number) => boolean): number {
    const mask = this.#slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot] as number;
      if (row === 0) return 0;
      if (this.#rows.get(row, this.#word) !== low || this.#rows.get(row, this.#word + 1) !== high) continue;
      if (accepts === undefined || accepts(row)) return row;
    }
  }

  add(row: number): void {
    if ((this.#used + 1) * 4 > this.#slots.length * 3) this.#grow();
    this.#put(row);
    this.#used++;
  }

  /** Another row with the same bits takes its place. */
  replace(row: number, by: number): void {
    this.#slots[this.#slotOf(row)] = by;
  }

  remove(row: number): void {
    const mask = this.#slots.length - 1;
    let hole = this.#slotOf(row);
    this.#used--;
    // What follows without a gap moves up, unless it stands nearer to its own place than the hole is.
    for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
      const next = this.#slots[slot] as number;
      if (next === 0) break;
      const home = this.#rows.get(next, this.#word) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#slots[hole] = next;
      hole = slot;
    }
    this.#slots[hole] = 0;
  }

  #slotOf(row: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#rows.get(row, this.#word) & mask;
    while (this.#slots[slot] !== row) slot = (slot + 1) & mask;
    return slot;
  }

  #put(row: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#rows.get(row, this.#word) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = row;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2);
    for (const row of before) if (row !== 0) this.#put(row);
  }
}
