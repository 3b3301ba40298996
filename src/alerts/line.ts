/** Those that wait for their turn to be looked at: a few at a time, and for a share of the processor's time. */
import type { Clock } from '../std/clock.ts';
import { Share } from './share.ts';

export interface LineParts<T> {
  readonly clock: Clock;
  /** Of the processor, as much as all of us have used so far, ms. */
  readonly usedMs: () => number;
  /** Never rejects. */
  readonly serve: (one: T) => Promise<void>;
  /** One that is being looked at has its turn after that. */
  readonly isBusy: (one: T) => boolean;
}

/** One that waits for an answer must not hold up all others. */
const AT_ONCE = 4;

export class Line<T> {
  readonly #parts: LineParts<T>;
  readonly #share: Share;
  /** In the order in which it is their turn. */
  readonly #due = new Set<T>();
  readonly #served = new Set<Promise<void>>();
  #pausing: (() => void) | undefined;

  constructor(parts: LineParts<T>) {
    this.#parts = parts;
    this.#share = new Share(parts);
  }

  has(one: T): boolean {
    return this.#due.has(one);
  }

  add(one: T): void {
    this.#due.add(one);
    this.next();
  }

  leave(one: T): void {
    this.#due.delete(one);
  }

  /** Whose turn it is, if it can be. */
  next(): void {
    const { clock, serve } = this.#parts;
    while (this.#served.size < AT_ONCE && !this.#pausing) {
      const one = this.#first();
      if (one === undefined) return;
      const waitMs = this.#share.waitMs();
      if (waitMs > 0) {
        this.#pausing = clock.after(waitMs, () => {
          this.#pausing = undefined;
          this.next();
        });
        return;
      }
      this.#due.delete(one);
      this.#share.begin();
      const served = serve(one).finally(() => {
        this.#served.delete(served);
        this.#share.end();
        this.next();
      });
      this.#served.add(served);
    }
  }

  /** Resolves when those whose turn it was have had it. */
  async stop(): Promise<void> {
    this.#pausing?.();
    this.#due.clear();
    await Promise.all(this.#served);
  }

  #first(): T | undefined {
    for (const one of this.#due) if (!this.#parts.isBusy(one)) return one;
    return undefined;
  }
}
