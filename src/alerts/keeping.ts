/**
 * What has changed is written at once when that is seldom, and for a share of the time only when it is not: a storm of
 * messages is one write of many. What waits for having been written goes on after it, and where several share what is
 * written, after it has arrived there. What cannot be written is told all the same, and tried again.
 */
import type { Clock } from '../std/clock.ts';
import { settlesWithin } from '../std/pause.ts';

export interface KeepingParts {
  readonly clock: Clock;
  /** Throws what the file system says. */
  readonly write: () => void;
  /** Where others read it: resolves when all that was written has arrived, rejects with why it has not. */
  readonly written?: (() => Promise<void>) | undefined;
  readonly log: { info(text: string): void; warn(text: string): void };
}

/** After a write there is a pause so many times as long. */
const SHARE = 4;
/** What could not be written is tried again after so long. */
const AGAIN_MS = 5_000;
/** Nobody waits for longer until it has arrived. */
const ARRIVE_MS = 5_000;

export class Keeping {
  readonly #parts: KeepingParts;
  #then: (() => void)[] = [];
  #pausing: (() => void) | undefined;
  #arriving: Promise<void> | undefined;
  #again: (() => void) | undefined;
  #isUnkept = false;

  constructor(parts: KeepingParts) {
    this.#parts = parts;
  }

  due(then: () => void = () => undefined): void {
    this.#then.push(then);
    if (this.#pausing === undefined && this.#arriving === undefined) this.#now();
  }

  /** What waits is written now; resolves when it is where it should be. */
  async stop(): Promise<void> {
    if (this.#arriving !== undefined) await this.#arriving;
    this.#pausing?.();
    this.#pausing = undefined;
    if (this.#then.length > 0) this.#now();
    await this.#arriving;
    this.#again?.();
  }

  #now(): void {
    const { clock } = this.#parts;
    const startedMs = clock.now();
    const then = this.#then;
    this.#then = [];
    const arriving = this.#write();
    const pauseMs = (clock.now() - startedMs) * SHARE;
    if (arriving === undefined) this.#goOn(then, pauseMs);
    else
      this.#arriving = arriving.then(() => {
        this.#arriving = undefined;
        this.#goOn(then, pauseMs);
      });
  }

  #goOn(then: readonly (() => void)[], pauseMs: number): void {
    if (pauseMs > 0)
      this.#pausing = this.#parts.clock.after(pauseMs, () => {
        this.#pausing = undefined;
        if (this.#then.length > 0) this.#now();
      });
    for (const one of then) one();
    if (this.#then.length > 0 && this.#pausing === undefined && this.#arriving === undefined) this.#now();
  }

  /** Undefined: it is there already, or is not to be waited for. */
  #write(): Promise<void> | undefined {
    const { clock, write, written } = this.#parts;
    try {
      write();
    } catch (error) {
      this.#came(error as Error);
      return undefined;
    }
    if (written === undefined) {
      this.#came(undefined);
      return undefined;
    }
    const arrived = written().then(
      () => this.#came(undefined),
      (error: Error) => this.#came(error),
    );
    return settlesWithin(clock, ARRIVE_MS, arrived).then(() => undefined);
  }

  #came(error: Error | undefined): void {
    const { clock, log } = this.#parts;
    if (error) {
      if (!this.#isUnkept) log.warn(`alerts cannot be kept, and are told all the same: ${error.message}`);
      this.#again ??= clock.after(AGAIN_MS, () => {
        this.#again = undefined;
        this.due();
      });
    } else if (this.#isUnkept) log.info('alerts are kept again');
    this.#isUnkept = error !== undefined;
  }
}
