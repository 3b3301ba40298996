/**
 * Long work on the one thread that everything runs on gives way every few milliseconds. All who work long share one
 * budget for each turn of the event loop: of many that wait, one goes on each time it has turned.
 */
const SLICE_MS = 5;

export class Slices {
  #since = 0;
  #isRunning = false;
  readonly #waiting: (() => void)[] = [];

  /** Whether this turn has had enough of us. */
  get isSpent(): boolean {
    if (!this.#isRunning) this.#begin();
    return performance.now() - this.#since >= SLICE_MS;
  }

  /** To be awaited between steps of a millisecond or so. */
  breathe(): Promise<void> | undefined {
    if (this.#waiting.length === 0 && !this.isSpent) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(() => this.#turn());
    });
  }

  #turn(): void {
    this.#begin();
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) setImmediate(() => this.#turn());
  }

  #begin(): void {
    this.#isRunning = true;
    this.#since = performance.now();
    setImmediate(() => {
      this.#isRunning = false;
    });
  }
}
