/** All chance of a run, from its seed. */
import { dice } from '../dice.ts';

export class Chance {
  readonly #dice: (below: number) => number;

  constructor(seed: number) {
    this.#dice = dice(seed);
  }

  /** An integer in [0, below). */
  below(below: number): number {
    return this.#dice(below);
  }

  /** An integer in [from, to]. */
  between(from: number, to: number): number {
    return from + this.#dice(to - from + 1);
  }

  /** In [0, 1). */
  readonly unit = (): number => this.#dice(1 << 30) / (1 << 30);

  is(likely: number): boolean {
    return this.unit() < likely;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.#dice(list.length)] as T;
  }

  uuid(): string {
    const hex = () => this.#dice(0x10000).toString(16).padStart(4, '0');
    return `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-a${hex().slice(1)}-${hex()}${hex()}${hex()}`;
  }
}
