/**
 * What leaves to one client. Events are not kept here: they are read from the change log as fast as the socket takes
 * them, so a slow client costs no memory until it is so late that the log has forgotten where it stood.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Counts } from '../counts.ts';
import { drained } from '../drained.ts';
import { type ApiLimits, sliceMs } from '../limits.ts';
import { turn } from '../write.ts';

/** The next message, or undefined when there is none now. Throws `FellBehind`. */
export interface EventSource {
  next(): string | undefined;
}

/** The client is so late that what it misses is not kept any more. */
export class FellBehind extends Error {}

/** Made when its turn comes, so that it shows the state of then. */
export type LateReply = () => Pieces | Promise<Pieces>;
export interface Pieces {
  readonly pieces: Iterable<string>;
  readonly freeze: () => void;
}

/** Characters of one fragment of a long reply. */
const fragmentChars = 128 * 1024;

export class Outbox {
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #limits: ApiLimits;
  readonly #counts: Counts;
  readonly #elapsed: () => number;
  readonly #late: (why: string) => void;
  readonly #failed: (error: unknown) => void;
  readonly #replies: (string | LateReply)[] = [];
  #source: EventSource | undefined;
  #isPumping = false;
  #isOpen = true;
  #sliceStart = 0;
  /** A long reply is on its way in fragments: nothing else may be said before it ends. */
  #isMidMessage = false;

  constructor(options: {
    ws: WebSocket;
    socket: Duplex;
    limits: ApiLimits;
    counts: Counts;
    elapsed: () => number;
    /** It does not read what it is sent. */
    late: (why: string) => void;
    failed: (error: unknown) => void;
  }) {
    this.#ws = options.ws;
    this.#socket = options.socket;
    this.#limits = options.limits;
    this.#counts = options.counts;
    this.#elapsed = options.elapsed;
    this.#late = options.late;
    this.#failed = options.failed;
  }

  set source(source: EventSource | undefined) {
    this.#source = source;
    this.wake();
  }

  /** Messages that wait, as far as they are known here. */
  get waiting(): number {
    return this.#replies.length;
  }

  get isMidMessage(): boolean {
    return this.#isMidMessage;
  }

  get isBlocked(): boolean {
    return this.#socket.writableLength > 0;
  }

  reply(reply: string | LateReply): void {
    if (!this.#isOpen) return;
    if (this.#replies.length >= this.#limits.repliesMax) {
      this.#late(`${this.#replies.length} replies wait to be read`);
      return;
    }
    this.#replies.push(reply);
    this.wake();
  }

  /** There may be something to send. */
  wake(): void {
    if (this.#isPumping || !this.#isOpen) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#pump().catch((error) => (error instanceof FellBehind ? this.#late(error.message) : this.#failed(error)));
    });
  }

  /** The last thing that is said; what waits is dropped. */
  close(): void {
    this.#isOpen = false;
    this.#replies.length = 0;
    this.#source = undefined;
  }

  async #pump(): Promise<void> {
    this.#sliceStart = this.#elapsed();
    // Corked, a slice leaves in one system call instead of one a message.
    this.#socket.cork();
    try {
      while (this.#isOpen) {
        const reply = this.#replies.shift();
        if (typeof reply === 'string') this.#send(reply);
        else if (reply) await this.#stream(reply);
        else {
          const text = this.#source?.next();
          if (text === undefined) return;
          this.#send(text);
        }
        await this.#breathe();
      }
    } finally {
      this.#socket.uncork();
      // Here and not when the promise settles: what is said in between would wake nobody.
      this.#isPumping = false;
    }
  }

  #send(text: string): void {
    this.#counts.messagesSent++;
    this.#ws.send(text);
  }

  async #stream(reply: LateReply): Promise<void> {
    const { pieces, freeze } = await reply();
    let text = '';
    for (const piece of pieces) {
      text += piece;
      if (text.length < fragmentChars) continue;
      this.#ws.send(text, { fin: false });
      this.#isMidMessage = true;
      text = '';
      freeze();
      await this.#breathe();
      if (!this.#isOpen) return;
    }
    this.#send(text);
    this.#isMidMessage = false;
  }

  /** Lets the socket drain and the event loop turn, when it is time. */
  async #breathe(): Promise<void> {
    const isFull = this.#socket.writableLength > this.#limits.socketBytesMax;
    if (!isFull && this.#elapsed() - this.#sliceStart < sliceMs) return;
    this.#socket.uncork();
    if (this.#socket.writableLength > this.#limits.socketBytesMax) await drained(this.#socket);
    if (this.#elapsed() - this.#sliceStart >= sliceMs) {
      await turn();
      this.#sliceStart = this.#elapsed();
    }
    this.#socket.cork();
  }
}
