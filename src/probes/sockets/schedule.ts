/** When to look: soon where something is to be found out, seldom where there is much to look at. All times in ms. */

/** Who accepted a connection is looked for when it has lasted so long: most are over before it matters. */
const GUESS_MS = 300;
/** To look takes some 3 µs a socket; with this pause for each it takes no more than a two-hundredth of the time, … */
const PAUSE_PER_SOCKET_MS = 0.6;
/** … but it is done this often, whatever it takes. */
const PAUSE_MAX_MS = 30_000;

export interface ScheduleParts {
  readonly pollMs: number;
  readonly verifyMs: number;
  readonly refreshMs: number;
  readonly book: {
    readonly size: number;
    /** Since when something is to be found out of some socket. */
    readonly guessingSince: number | undefined;
  };
}

export class Schedule implements Disposable {
  readonly #parts: ScheduleParts;
  #lookedMs = 0;
  #verifiedMs = 0;
  #refreshedMs = 0;
  #pauseMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #wakesMs = 0;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
  }

  /** For changes that the kernel does not tell, and for who holds what was accepted. */
  isLookDue(nowMs: number): boolean {
    return nowMs >= this.#dueMs;
  }

  /** For the tables of all namespaces; then they are taken to be looked at. */
  takeVerifying(nowMs: number): boolean {
    const isDue = nowMs >= this.#verifiedMs + this.#parts.verifyMs;
    if (isDue) this.#verifiedMs = nowMs;
    return isDue;
  }

  /** For telling what sockets have carried; then it is taken to be told. */
  takeRefreshing(nowMs: number): boolean {
    const isDue = nowMs >= this.#refreshedMs + this.#parts.refreshMs;
    if (isDue) this.#refreshedMs = nowMs;
    return isDue;
  }

  looked(nowMs: number): void {
    this.#lookedMs = nowMs;
    this.#pauseMs = Math.min(this.#parts.book.size * PAUSE_PER_SOCKET_MS, PAUSE_MAX_MS);
  }

  /** Rings when a look is due, once. To be called again when something came that is to be found out. */
  wake(nowMs: number, ring: () => void): void {
    const dueMs = this.#dueMs;
    if (this.#timer && this.#wakesMs <= dueMs) return;
    clearTimeout(this.#timer);
    this.#wakesMs = dueMs;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        ring();
      },
      Math.max(1, dueMs - nowMs),
    ).unref();
  }

  get #dueMs(): number {
    const { pollMs, book } = this.#parts;
    const polledMs = this.#lookedMs + Math.max(this.#pauseMs, pollMs);
    const { guessingSince } = book;
    if (guessingSince === undefined) return polledMs;
    const guessedMs = Math.max(guessingSince + GUESS_MS, this.#lookedMs + Math.max(this.#pauseMs, GUESS_MS));
    return Math.min(polledMs, guessedMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
