/**
 * A share of the processor's time for work of which there may be more than there is time: what it spends is followed by
 * a pause. Waiting for an answer is no work, and costs nothing.
 */
import type { Clock } from '../std/clock.ts';

export interface ShareParts {
  readonly clock: Clock;
  /** Of the processor, as much as all of us have used so far, ms. */
  readonly usedMs: () => number;
}

/** After work there is a pause so many times as long. */
const PAUSES = 4;
/** Work that follows each other holds up nothing else for longer. ms */
const SLICE_MS = 5;

export class Share {
  readonly #parts: ShareParts;
  #working = 0;
  #from = { usedMs: 0, atMs: 0 };
  #spentMs = 0;
  #pauseUntil = 0;

  constructor(parts: ShareParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#take();
    this.#working++;
  }

  end(): void {
    this.#take();
    this.#working--;
  }

  /** How long nothing more may begin, ms; 0: it may now. */
  waitMs(): number {
    const { clock } = this.#parts;
    this.#take();
    if (this.#spentMs >= SLICE_MS) {
      this.#pauseUntil = Math.max(this.#pauseUntil, clock.now()) + this.#spentMs * PAUSES;
      this.#spentMs = 0;
    }
    return Math.max(0, this.#pauseUntil - clock.now());
  }

  /** What others use at the same time counts too, in so far as it may have been ours. */
  #take(): void {
    const now = { usedMs: this.#parts.usedMs(), atMs: this.#parts.clock.now() };
    if (this.#working > 0)
      this.#spentMs += Math.max(0, Math.min(now.usedMs - this.#from.usedMs, now.atMs - this.#from.atMs));
    this.#from = now;
  }
}
