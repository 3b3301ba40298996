/** Lets the event loop turn now and then: checks that wait for nothing would otherwise keep everybody else waiting. */
import type { World } from './world.ts';

/** What is done without a turn takes about so long. */
const STRETCH_MS = 5;

export class Breath {
  readonly #world: Pick<World, 'elapsed' | 'turn'>;
  readonly #waiting: (() => void)[] = [];
  #since: number;
  #isTurning = false;

  constructor(world: Pick<World, 'elapsed' | 'turn'>) {
    this.#world = world;
    this.#since = world.elapsed();
  }

  /** Undefined while there is no need. */
  take(): Promise<void> | undefined {
    if (!this.#isTurning && this.#world.elapsed() - this.#since < STRETCH_MS) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#isTurning) void this.#turning();
    });
  }

  /** One goes on in each turn: what all who waited do would add up to one stretch otherwise. */
  async #turning(): Promise<void> {
    this.#isTurning = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await this.#world.turn();
      this.#since = this.#world.elapsed();
      next();
    }
    this.#isTurning = false;
  }
}
