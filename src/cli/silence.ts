/**
 * Notices that the other side says nothing any more. A host that is gone or a process that is stopped closes no
 * connection, and whoever waits for its next word would wait for ever.
 */
export class Silence implements Disposable {
  readonly #over = new AbortController();
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Aborts when nothing was heard for so long, from the first word on. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  async *listening<T>(pieces: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const piece of pieces) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#over.abort(), this.#ms);
      yield piece;
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
