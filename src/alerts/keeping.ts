/**
 * What has changed is written at once when that is seldom, and for a share of the time only when it is not: a storm of
 * messages is one write of many. What waits for having been written goes on after it.
 */
import type { Clock } from '../std/clock.ts';

/** After a write there is a pause so many times as long. */
const SHARE = 4;

export class Keeping {
  readonly #clock: Clock;
  readonly #write: () => void;
  #then: (() => void)[] = [];
  #pausing: (() => void) | undefined;

  /** `write` tells what has failed itself. */
  constructor(clock: Clock, write: () => void) {
    this.#clock = clock;
    this.#write = write;
  }

  due(then: () => void = () => undefined): void {
    this.#then.push(then);
    if (this.#pausing === undefined) this.#now();
  }

  /** What waits is written now. */
  stop(): void {
    this.#pausing?.();
    this.#pausing = undefined;
    if (this.#then.length > 0) this.#now();
  }

  #now(): void {
    const startedMs = this.#clock.now();
    const then = this.#then;
    this.#then = [];
    this.#write();
    const pauseMs = (this.#clock.now() - startedMs) * SHARE;
    if (pauseMs > 0)
      this.#pausing = this.#clock.after(pauseMs, () => {
        this.#pausing = undefined;
        if (this.#then.length > 0) this.#now();
      });
    for (const one of then) one();
  }
}
