/** What a command sees of the world around it: streams, environment, clock, Ctrl-C. Tests bring their own. */
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface Io {
  /** Data, and nothing else. */
  readonly out: Sink;
  /** Everything that is said about the data. */
  readonly err: Sink;
  readonly readInput: () => Promise<string>;
  /** The same where it is no text; rejects at Ctrl-C, where that is heard of. */
  readonly inputPieces: () => AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Epoch ms. */
  readonly now: () => number;
  /** Aborts on Ctrl-C. */
  readonly interrupted: AbortSignal;
}

export interface Sink {
  /** Bytes for what is no text: packets. */
  write(data: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** Width of the terminal in columns; undefined when it is none. */
  readonly columns: number | undefined;
}

export function processIo(): Io {
  const interrupt = new AbortController();
  const onSignal = () => {
    // The second Ctrl-C is for a command that does not hear the first.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  };
  return {
    out: sink(process.stdout),
    err: sink(process.stderr),
    readInput: () => text(process.stdin),
    inputPieces: () => addAbortSignal(interrupt.signal, process.stdin),
    env: process.env,
    now: Date.now,
    get interrupted() {
      // Heard of only when a command asks: `skein up` has its own idea of how to stop.
      if (process.listenerCount('SIGINT', onSignal) === 0) process.on('SIGINT', onSignal);
      return interrupt.signal;
    },
  };
}

function sink(stream: NodeJS.WriteStream): Sink {
  // `skein get nodes | head` closes the pipe early: that is an end, not an error.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  return {
    write: (data) => void stream.write(data),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
  };
}
