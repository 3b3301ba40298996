/** JSON-RPC 1.0 with a database (RFC 7047 §4): we ask, it answers; it tells, and asks whether we are there. */
import type { Socket } from 'node:net';
import * as z from 'zod';
import type { Address } from './address.ts';
import { dial } from './dial.ts';
import { JsonFrames } from './frames.ts';

export interface Notification {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** The database does not do what it was asked for. */
export class Refusal extends Error {}

/** The whole of a database comes in one message. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;
const ANSWER_MS = 30_000;
/** A database that is silent for so long is asked whether it is there. */
const SILENT_MS = 15_000;
/** What waits to be sent to a peer that asks and does not listen. */
const UNSENT_BYTES_MAX = 4 * 1024 * 1024;

const message = z.object({
  id: z.unknown().optional(),
  method: z.string().optional(),
  params: z.array(z.unknown()).optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});

interface Waiting extends PromiseWithResolvers<unknown> {
  readonly answered: ((result: unknown) => void) | undefined;
}

export class Rpc {
  /** Resolves with the reason when the connection is over. */
  readonly ended: Promise<Error>;
  readonly #socket: Socket;
  readonly #frames = new JsonFrames({ bytesMax: MESSAGE_BYTES_MAX });
  readonly #waiting = new Map<number, Waiting>();
  readonly #told: (notification: Notification) => void;
  #asked = 0;
  #isHeard = true;

  /**
   * Rejects when nobody answers there. `told` hears in the order in which things happened; when it throws, the connection
   * ends with that.
   */
  static async open(address: Address, told: (notification: Notification) => void, signal: AbortSignal): Promise<Rpc> {
    const socket = await dial(address, signal);
    const rpc = new Rpc(socket, told);
    const close = () => socket.destroy(new Error('not wanted any more'));
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    void rpc.ended.then(() => signal.removeEventListener('abort', close));
    return rpc;
  }

  private constructor(socket: Socket, told: (notification: Notification) => void) {
    this.#socket = socket;
    this.#told = told;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.ended = promise;
    let reason = new Error('the database has ended the connection');
    const silence = setInterval(() => this.#askIfSilent(), SILENT_MS).unref();
    socket.on('error', (error) => {
      reason = error;
    });
    socket.on('data', (data) => this.#read(data));
    socket.on('close', () => {
      clearInterval(silence);
      for (const { reject } of this.#waiting.values()) reject(reason);
      this.#waiting.clear();
      resolve(reason);
    });
  }

  /**
   * Throws a Refusal with what the database says. `answered` has the result before anything else is heard; when it throws,
   * the connection ends with that.
   */
  async ask(method: string, params: readonly unknown[], answered?: (result: unknown) => void): Promise<unknown> {
    if (this.#socket.destroyed) throw await this.ended;
    const id = ++this.#asked;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { ...answer, answered });
    this.#send({ id, method, params });
    const late = setTimeout(() => this.#socket.destroy(new Error(`no answer to ${method}`)), ANSWER_MS).unref();
    try {
      return await answer.promise;
    } finally {
      clearTimeout(late);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(what: Readonly<Record<string, unknown>>): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(JSON.stringify(what));
    if (this.#socket.writableLength > UNSENT_BYTES_MAX)
      this.#socket.destroy(new Error('the database asks and does not listen'));
  }

  #read(data: Buffer): void {
    try {
      for (const text of this.#frames.push(data)) {
        if (this.#socket.destroyed) return;
        this.#take(message.parse(JSON.parse(text)));
      }
    } catch (cause) {
      const what = cause instanceof RangeError ? `: ${cause.message}` : '';
      this.#socket.destroy(new Error(`what the database says cannot be read${what}`, { cause }));
    }
  }

  #take({ id, method, params = [], result, error }: z.infer<typeof message>): void {
    this.#isHeard = true;
    if (method === 'echo') this.#send({ id, result: params, error: null });
    else if (method !== undefined) this.#told({ method, params });
    else if (typeof id === 'number') {
      const waiting = this.#waiting.get(id);
      if (!waiting) return;
      if (error === undefined || error === null) {
        // It still waits while it is looked at: whatever is wrong with it ends the connection, and with it the question.
        waiting.answered?.(result);
        waiting.resolve(result);
      } else waiting.reject(new Refusal(typeof error === 'string' ? error : JSON.stringify(error)));
      this.#waiting.delete(id);
    }
  }

  #askIfSilent(): void {
    if (!this.#isHeard) this.ask('echo', []).catch(() => undefined);
    this.#isHeard = false;
  }
}
