/** JSON-RPC 1.0 with a database (RFC 7047 §4): we ask, it answers; it tells, and asks whether we are there. */
import { connect, type Socket } from 'node:net';
import * as z from 'zod';
import { type Address, connection } from './address.ts';
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

const message = z.object({
  id: z.unknown().optional(),
  method: z.string().optional(),
  params: z.array(z.unknown()).optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});

export class Rpc {
  /** Resolves with the reason when the connection is over. */
  readonly ended: Promise<Error>;
  readonly #socket: Socket;
  readonly #frames = new JsonFrames({ bytesMax: MESSAGE_BYTES_MAX });
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #told: (notification: Notification) => void;
  #asked = 0;

  /** Rejects when nobody answers there. `told` hears in the order in which things happened. */
  static async open(address: Address, told: (notification: Notification) => void, signal: AbortSignal): Promise<Rpc> {
    const socket = connect(connection(address));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('connect', resolve).once('error', reject);
    const rpc = new Rpc(socket, told);
    const close = () => socket.destroy(new Error('not wanted any more'));
    signal.addEventListener('abort', close, { once: true });
    void rpc.ended.then(() => signal.removeEventListener('abort', close));
    await promise;
    return rpc;
  }

  private constructor(socket: Socket, told: (notification: Notification) => void) {
    this.#socket = socket;
    this.#told = told;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.ended = promise;
    let reason = new Error('the database has ended the connection');
    socket.on('error', (error) => {
      reason = error;
    });
    socket.on('data', (data) => this.#read(data));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(reason);
      this.#waiting.clear();
      resolve(reason);
    });
  }

  /** Throws a Refusal with what the database says. */
  async ask(method: string, params: readonly unknown[]): Promise<unknown> {
    const id = ++this.#asked;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
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
    if (!this.#socket.destroyed) this.#socket.write(JSON.stringify(what));
  }

  #read(data: Buffer): void {
    try {
      for (const text of this.#frames.push(data)) this.#take(message.parse(JSON.parse(text)));
    } catch (cause) {
      this.#socket.destroy(new Error('what the database says cannot be read', { cause }));
    }
  }

  #take({ id, method, params = [], result, error }: z.infer<typeof message>): void {
    if (method === 'echo') this.#send({ id, result: params, error: null });
    else if (method !== undefined) this.#told({ method, params });
    else if (typeof id === 'number') {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined || error === null) waiting?.resolve(result);
      else waiting?.reject(new Refusal(typeof error === 'string' ? error : JSON.stringify(error)));
    }
  }
}
