/** Work on what is at hand goes on for a few milliseconds, then others have their turn of the event loop. */
import { setImmediate as turn } from 'node:timers/promises';

const SLICE_MS = 5;

export class Breath {
  #sinceMs = performance.now();

  /** To be awaited between bounded pieces of work; a promise that is kept already is no turn. */
  get isDue(): boolean {
    return performance.now() - this.#sinceMs >= SLICE_MS;
  }

  async take(): Promise<void> {
    await turn();
    this.#sinceMs = performance.now();
  }
}
