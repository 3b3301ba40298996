/** A dump under way: batches of messages as they come, without NLMSG_DONE. */
export class Dump implements AsyncIterable<Uint8Array> {
  /** The table changed while it was told (NLM_F_DUMP_INTR): what was heard is not of one moment. Known at the end. */
  interrupted = false;
  #message: Uint8Array;
  #begin: (turn: DumpTurn) => () => void;

  constructor(message: Uint8Array, begin: (turn: DumpTurn) => () => void) {
    this.#message = message;
    this.#begin = begin;
  }

  /** Throws NetlinkError. Leaving the loop early is fine. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    // Bounded by the kernel's table: it tells a dump only as fast as it is read, and the reader takes it at once.
    let batches: Uint8Array[] = [];
    let ended = false;
    let failure: Error | undefined;
    let wake = () => {};
    const forget = this.#begin({
      message: this.#message,
      hear: (run) => {
        batches.push(run);
        wake();
      },
      end: (error, interrupted) => {
        this.interrupted = interrupted;
        failure = error;
        ended = true;
        wake();
      },
    });
    try {
      for (;;) {
        const heard = batches;
        batches = [];
        yield* heard;
        if (batches.length > 0) continue;
        if (ended) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure) throw failure;
    } finally {
      if (!ended) forget();
    }
  }
}

/** One turn in a conversation: what is sent, and who hears the answer. `end` is called once, last. */
export interface DumpTurn {
  readonly message: Uint8Array;
  hear: (run: Uint8Array) => void;
  end: (error: Error | undefined, interrupted: boolean) => void;
}
