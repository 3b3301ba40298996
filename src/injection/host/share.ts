/** What all injections of a host send together: a process that sends has no time for anything else. */

/** So many times what one may send in a second. */
export const TOGETHER = 2;
/** What may go at once, in parts of a second. */
const BURSTS_A_SECOND = 20;

export class SendingShare {
  readonly #perMs: number;
  readonly #most: number;
  readonly #elapsed: () => number;
  #left: number;
  #at: number;

  /** `rate`: packets a second of one injection. */
  constructor({ rate, elapsed }: { readonly rate: number; readonly elapsed: () => number }) {
    const together = rate * TOGETHER;
    this.#perMs = together / 1_000;
    this.#most = Math.max(1, together / BURSTS_A_SECOND);
    this.#elapsed = elapsed;
    this.#left = this.#most;
    this.#at = elapsed();
  }

  /** Whether one more packet may go now. */
  take(): boolean {
    if (this.#most === Number.POSITIVE_INFINITY) return true;
    const now = this.#elapsed();
    this.#left = Math.min(this.#most, this.#left + (now - this.#at) * this.#perMs);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
