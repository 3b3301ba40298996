/**
 * libvirt's RPC over a socket of this machine (libvirt.org/kbase/internals/rpc.html): a call has a serial, its answer has
 * the same; what happens is told in between. Encryption and authentication are of no use on such a socket.
 */
import { createConnection, type Socket } from 'node:net';
import { Frames, HEADER_BYTES } from './frames.ts';
import { BadBytes, XdrReader, XdrWriter } from './xdr.ts';

/** Of remote_protocol.x. */
const PROGRAM = 0x2000_8086;
const VERSION = 1;
const CALL = 0;
const REPLY = 1;
const TOLD = 2;
const OK = 0;
const MESSAGE_CHARS_MAX = 200;

/** The daemon does not do what it was asked for. */
export class Refusal extends Error {
  /** virErrorNumber (virterror.h). */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}

export interface RpcParts {
  readonly path: string;
  /** How long it may take to connect, and to answer. */
  readonly answerMs: number;
  /** What happens; the bytes are only good during the call. When it throws, the connection ends with that. */
  readonly told: (procedure: number, payload: XdrReader) => void;
}

interface Waiting extends PromiseWithResolvers<XdrReader> {
  readonly procedure: number;
}

export class Rpc {
  /** Resolves with the reason when the connection is over. */
  readonly ended: Promise<Error>;
  readonly #socket: Socket;
  readonly #parts: RpcParts;
  readonly #frames = new Frames();
  readonly #waiting = new Map<number, Waiting>();
  #serial = 0;

  /** Rejects when nobody is there. */
  static async open(parts: RpcParts, signal: AbortSignal): Promise<Rpc> {
    const socket = createConnection({ path: parts.path });
    const rpc = new Rpc(socket, parts);
    const close = () => socket.destroy(new Error('not wanted any more'));
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    void rpc.ended.then(() => signal.removeEventListener('abort', close));
    const connected = Promise.withResolvers<undefined>();
    socket.once('connect', () => connected.resolve(undefined));
    const error = await rpc.#inTime('connecting', Promise.race([connected.promise, rpc.ended]));
    if (error) throw error;
    return rpc;
  }

  private constructor(socket: Socket, parts: RpcParts) {
    this.#socket = socket;
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.ended = promise;
    let reason = new Error('the daemon has ended the connection');
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

  /** The answer's payload. Throws a Refusal with what the daemon says, or the reason for which the connection ended. */
  async call(procedure: number, args: XdrWriter = new XdrWriter()): Promise<XdrReader> {
    if (this.#socket.destroyed) throw await this.ended;
    this.#serial = (this.#serial + 1) >>> 0;
    const serial = this.#serial;
    const answer = Promise.withResolvers<XdrReader>();
    this.#waiting.set(serial, { ...answer, procedure });
    const payload = args.bytes();
    const head = new XdrWriter().uint(HEADER_BYTES + payload.length);
    for (const word of [PROGRAM, VERSION, procedure, CALL, serial, OK]) head.uint(word);
    this.#socket.write(Buffer.concat([head.bytes(), payload]));
    return this.#inTime(`procedure ${procedure}`, answer.promise);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #inTime<T>(what: string, promise: Promise<T>): Promise<T> {
    const late = setTimeout(
      () => this.#socket.destroy(new Error(`no answer in time (${what})`)),
      this.#parts.answerMs,
    ).unref();
    try {
      return await promise;
    } finally {
      clearTimeout(late);
    }
  }

  #read(data: Buffer): void {
    try {
      for (const message of this.#frames.push(data)) {
        if (this.#socket.destroyed) return;
        this.#take(new XdrReader(message));
      }
    } catch (error) {
      const cause = error as Error;
      const what = cause instanceof BadBytes ? new Error(`what it says makes no sense: ${cause.message}`) : cause;
      this.#socket.destroy(what);
    }
  }

  #take(message: XdrReader): void {
    const [program, version, procedure] = [message.uint(), message.uint(), message.uint()];
    const [type, serial, status] = [message.uint(), message.uint(), message.uint()];
    if (program !== PROGRAM || version !== VERSION) throw new BadBytes(`program ${program}, version ${version}`);
    if (type === TOLD) {
      this.#parts.told(procedure, message);
      return;
    }
    const waiting = this.#waiting.get(serial);
    if (type !== REPLY || waiting?.procedure !== procedure) throw new BadBytes('an answer to nothing');
    this.#waiting.delete(serial);
    if (status === OK) waiting.resolve(message);
    else waiting.reject(readRefusal(message));
  }
}

/** virNetMessageError: what comes after its text is of no use here. */
function readRefusal(message: XdrReader): Refusal {
  const code = message.int();
  message.int();
  const text = message.optional(() => message.string(TEXT_BYTES_MAX)) ?? `error ${code}`;
  return new Refusal(code, text.slice(0, MESSAGE_CHARS_MAX));
}

/** VIR_NET_MESSAGE_STRING_MAX. */
const TEXT_BYTES_MAX = 4 << 20;
