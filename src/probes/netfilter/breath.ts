/** Long work on the one thread that everything runs on gives way every few milliseconds. */
import { setImmediate as turn } from 'node:timers/promises';

const SLICE_MS = 4;

export class Breath {
  #since = performance.now();

  /** To be awaited between steps of a millisecond at most. */
  take(): Promise<void> | undefined {
    return performance.now() - this.#since < SLICE_MS ? undefined : this.#wait();
  }

  async #wait(): Promise<void> {
    await turn();
    this.#since = performance.now();
  }
}
