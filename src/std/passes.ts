/** Passes over something that changes: soon after a change, never two at once, and for a share of the time only. */
import type { Clock } from './clock.ts';

export interface PassesParts {
  readonly clock: Clock;
  /** Tells what has failed itself: one that rejects is a bug. */
  readonly run: () => Promise<void>;
}

/** There may be more in a moment. */
const SETTLE_MS = 50;
/** After a pass there is a pause so many times as long. */
const SHARE = 4;

export class Passes {
  readonly #parts: PassesParts;
  #isDue = false;
  #pass: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #isStopped = false;
  #lastMs = 0;

  constructor(parts: PassesParts) {
    this.#parts = parts;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Something has changed: there is to be a pass that begins after now. */
  due(): void {
    this.#isDue = true;
    if (this.#cancel || this.#pass || this.#isStopped) return;
    this.#cancel = this.#parts.clock.after(Math.max(SETTLE_MS, this.#lastMs * SHARE), () => {
      this.#cancel = undefined;
      void this.#start();
    });
  }

  /** Resolves when a pass has ended that began after now. */
  async settled(): Promise<void> {
    // One that has begun may not know of what was just asked.
    await this.#pass;
    this.#cancel?.();
    this.#cancel = undefined;
    if (!this.#isStopped) await (this.#pass ?? this.#start());
  }

  /** Resolves when none runs any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#pass;
  }

  #start(): Promise<void> {
    this.#pass = this.#run().finally(() => {
      this.#pass = undefined;
      if (this.#isDue) this.due();
    });
    return this.#pass;
  }

  async #run(): Promise<void> {
    const { clock, run } = this.#parts;
    const startedMs = clock.now();
    this.#isDue = false;
    await run();
    this.#lastMs = clock.now() - startedMs;
  }
}
