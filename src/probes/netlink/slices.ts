/**
 * Long work on the one thread that everything runs on gives way every few milliseconds. All who work long share one
 * budget: of many that wait, one goes on each time the event loop has turned.
 */
const SLICE_MS = 5;

export class Slices {
  #until = 0;
  readonly #waiting: (() => void)[] = [];

  /** To be awaited between steps of a millisecond or so. */
  breathe(): Promise<void> | undefined {
    if (this.#waiting.length === 0 && performance.now() < this.#until) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(() => this.#turn());
    });
  }

  #turn(): void {
    this.#until = performance.now() + SLICE_MS;
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) setImmediate(() => this.#turn());
  }
}
