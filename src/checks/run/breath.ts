/** Lets the event loop turn now and then: checks that wait for nothing would otherwise keep everybody else waiting. */
import type { World } from './world.ts';

/** What is done without a turn takes about so long. */
const STRETCH_MS = 5;

export class Breath {
  readonly #world: Pick<World, 'elapsed' | 'turn'>;
  #since: number;
  #turning: Promise<void> | undefined;

  constructor(world: Pick<World, 'elapsed' | 'turn'>) {
    this.#world = world;
    this.#since = world.elapsed();
  }

  /** Undefined while there is no need. All that go on at the same time wait for the same turn. */
  take(): Promise<void> | undefined {
    if (this.#turning === undefined && this.#world.elapsed() - this.#since < STRETCH_MS) return undefined;
    this.#turning ??= this.#world.turn().then(() => {
      this.#since = this.#world.elapsed();
      this.#turning = undefined;
    });
    return this.#turning;
  }
}
