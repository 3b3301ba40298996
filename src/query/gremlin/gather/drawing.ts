/**
 * So many of all that come, the likelier the heavier they are, none twice (Efraimidis and Spirakis, 2006): each gets an
 * exponential number at the rate of its weight, and the smallest are drawn.
 */
import { Best } from './best.ts';

interface Drawn<T> {
  readonly item: T;
  readonly number: number;
}

export class Drawing<T> {
  readonly #most: number;
  readonly #random: () => number;
  readonly #best: Best<Drawn<T>>;
  /** What was drawn so far, in the order in which it came. */
  readonly #order = new Map<T, number>();

  constructor(most: number, random: () => number) {
    this.#most = most;
    this.#random = random;
    this.#best = new Best(most, (a, b) => a.number - b.number);
  }

  get size(): number {
    return this.#best.size;
  }

  /** An item that counts for several, each of that weight. Its smallest numbers come one after the other. */
  add(item: T, count: number, weight: number): void {
    let number = 0;
    for (let left = count; left > Math.max(0, count - this.#most); left--) {
      number += -Math.log(1 - this.#random()) / (weight > 0 ? weight * left : 0);
      this.#best.add({ item, number });
    }
  }

  /** Each that was drawn, and how often. */
  drawn(): Map<T, number> {
    for (const { item } of this.#best.inOrder()) this.#order.set(item, (this.#order.get(item) ?? 0) + 1);
    return this.#order;
  }
}
