/** How full a file is, measured by what it may take; the log beside it takes a part of that. */
import type { DatabaseSync } from 'node:sqlite';

/** Parts of `maxBytes`: what may be in use, and how large the file may be. The rest is for the log. */
const USED_SHARE = 0.9;
const FILE_SHARE = 0.93;

/** Free pages given back to the file system in one slice, while the file is larger than it may be. */
const VACUUM_PAGES = 256;

export class Room {
  readonly #db: DatabaseSync;
  readonly #maxBytes: number;

  constructor(db: DatabaseSync, maxBytes: number) {
    this.#db = db;
    this.#maxBytes = maxBytes;
  }

  /** Something has to be forgotten. */
  get isFull(): boolean {
    return this.#usedBytes > this.#maxBytes * USED_SHARE;
  }

  /** More is in use than there should be at all. */
  get isOver(): boolean {
    return this.#usedBytes > this.#maxBytes * FILE_SHARE;
  }

  get mustShrink(): boolean {
    const isLarge = this.#pragma('page_count') * this.#pragma('page_size') > this.#maxBytes * FILE_SHARE;
    return isLarge && this.#pragma('freelist_count') > 0;
  }

  *shrink(): Generator<void> {
    while (this.mustShrink) {
      this.#db.exec(`pragma incremental_vacuum(${VACUUM_PAGES})`);
      yield;
    }
  }

  get #usedBytes(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size');
  }

  #pragma(name: string): number {
    return Number(Object.values(this.#db.prepare(`pragma ${name}`).get() ?? {})[0]);
  }
}
