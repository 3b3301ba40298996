/** What a step gives a child's pipe piece by piece, so that the pipe goes on from one piece to the next and keeps its state. */
import type { Traverser } from '../run/traverser.ts';

/** Gives a lull (`null`) whenever all of a piece was taken, and ends after `end`. */
export class Feed implements IterableIterator<Traverser | null> {
  #piece: readonly Traverser[] = [];
  #at = 0;
  #isLast = false;

  /** The last piece was taken. */
  give(piece: readonly Traverser[]): void {
    this.#piece = piece;
    this.#at = 0;
  }

  /** No lull any more: what is there now is the last. */
  end(): void {
    this.#isLast = true;
  }

  next(): IteratorResult<Traverser | null, undefined> {
    const next = this.#piece[this.#at++];
    if (next !== undefined) return { done: false, value: next };
    if (this.#isLast) return { done: true, value: undefined };
    this.give([]);
    return { done: false, value: null };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
