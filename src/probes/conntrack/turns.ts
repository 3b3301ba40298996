/** One at a time, in the order asked. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Rejects as `work` does. Whoever waits when `signal` aborts has no turn. */
  take<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
    const turn = this.#last.then(() => (signal.aborted ? undefined : work()));
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
