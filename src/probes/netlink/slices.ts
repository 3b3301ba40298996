/** Long work on the one thread that everything runs on: gives way to others every few milliseconds. */
import { setImmediate } from 'node:timers/promises';

const SLICE_MS = 8;

export class Slices {
  #since = performance.now();

  async breathe(): Promise<void> {
    if (performance.now() - this.#since < SLICE_MS) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
