/**
 * Rows found by 64 bits that they have themselves: open addressing, four bytes a slot. What is looked for are hashes, so
 * their lower half is one. A larger table takes over from a smaller one little by little: to move a million rows at once
 * would hold up the event loop for a tenth of a second.
 */
import type { Slab } from './slab.ts';

/** Slots of the smaller table that move with each row that is added: two would do to be done before the next growth. */
const SLOTS_PER_ADD = 8;
/** Was taken out of the smaller table, which is never made anew: what stands behind it must be found. */
const GONE = 0xffff_ffff;

export class RowIndex {
  readonly #rows: Slab;
  readonly #word: number;
  #slots: Uint32Array;
  #used = 0;
  /** The smaller table while there is one; what stands before `#moved` counts no more. */
  #before: Uint32Array | undefined;
  #moved = 0;

  /** `word`: where in a row the lower half lies; the higher one follows. `slots`: a power of two. */
  constructor(rows: Slab, word: number, slots = 1024) {
    this.#rows = rows;
    this.#word = word;
    this.#slots = new Uint32Array(slots);
  }

  get sizeBytes(): number {
    return this.#slots.byteLength + (this.#before?.byteLength ?? 0);
  }

  /** The row; 0 for none. Of several, each that `accepts` refuses is passed over. */
  find(high: number, low: number, accepts?: (row: number) => boolean): number {
    const found = this.#findIn(this.#slots, 0, high, low, accepts);
    if (found !== 0 || !this.#before) return found;
    return this.#findIn(this.#before, this.#moved, high, low, accepts);
  }

  add(row: number): void {
    if ((this.#used + 1) * 4 > this.#slots.length * 3) this.#grow();
    this.#put(row);
    this.#used++;
    if (this.#before) this.#move(SLOTS_PER_ADD);
  }

  /** Another row with the same bits takes its place. */
  replace(row: number, by: number): void {
    const slot = slotOf(this.#slots, this.#home(row), row);
    if (slot >= 0) this.#slots[slot] = by;
    else if (this.#before) this.#before[slotOf(this.#before, this.#home(row), row, this.#moved)] = by;
  }

  remove(row: number): void {
    this.#used--;
    const slot = slotOf(this.#slots, this.#home(row), row);
    if (slot >= 0) this.#close(slot);
    else if (this.#before) this.#before[slotOf(this.#before, this.#home(row), row, this.#moved)] = GONE;
  }

  #findIn(
    slots: Uint32Array,
    from: number,
    high: number,
    low: number,
    accepts: ((row: number) => boolean) | undefined,
  ): number {
    const mask = slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const row = slots[slot] as number;
      if (row === 0) return 0;
      if (slot < from || row === GONE) continue;
      if (this.#rows.get(row, this.#word) !== low || this.#rows.get(row, this.#word + 1) !== high) continue;
      if (accepts === undefined || accepts(row)) return row;
    }
  }

  /** What follows a hole without a gap moves up, unless it stands nearer to its own place than the hole is. */
  #close(slot: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = slot;
    for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      const next = slots[at] as number;
      if (next === 0) break;
      const home = this.#home(next) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots[hole] = next;
      hole = at;
    }
    slots[hole] = 0;
  }

  #put(row: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#home(row) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = row;
  }

  #grow(): void {
    this.#move(Number.POSITIVE_INFINITY);
    this.#before = this.#slots;
    this.#moved = 0;
    this.#slots = new Uint32Array(this.#slots.length * 2);
  }

  #move(most: number): void {
    const before = this.#before;
    if (!before) return;
    const end = Math.min(this.#moved + most, before.length);
    for (; this.#moved < end; this.#moved++) {
      const row = before[this.#moved] as number;
      if (row !== 0 && row !== GONE) this.#put(row);
    }
    if (end === before.length) this.#before = undefined;
  }

  #home(row: number): number {
    return this.#rows.get(row, this.#word);
  }
}

/** Where a row stands, at `from` or behind it; -1 for nowhere. */
function slotOf(slots: Uint32Array, home: number, row: number, from = 0): number {
  const mask = slots.length - 1;
  for (let slot = home & mask; slots[slot] !== 0; slot = (slot + 1) & mask)
    if (slots[slot] === row && slot >= from) return slot;
  return -1;
}
