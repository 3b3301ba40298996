/** A conversation with a switch: versions are agreed on, echoes answered, answers found by their number. */
import type { Socket } from 'node:net';
import { dial, type Keys, type OfAddress } from './address.ts';
import { Frames, frame, type Message } from './frames.ts';
import { agreed, helloBody, versionText } from './versions.ts';

/** The switch does not do what it was asked for (OpenFlow 1.5 §7.5.4). */
export class Refusal extends Error {
  readonly type: number;
  readonly code: number;

  constructor(type: number, code: number) {
    super(`the switch refuses it (error ${type}, ${code})`);
    this.type = type;
    this.code = code;
  }
}

/** No version is spoken by both. */
export class OtherVersion extends Error {}

export interface Extension {
  readonly id: number;
  readonly type: number;
}

export interface Asking {
  readonly type: number;
  /** Whose extension it is and its number there, for a type that is none of OpenFlow's. */
  readonly vendor?: Extension;
  readonly body?: Buffer;
}

export const EXPERIMENTER = 0xffff;
const [HELLO, ERROR, ECHO_REQUEST, ECHO_REPLY] = [0, 1, 2, 3];

/** Between two pieces of an answer, and for the first words. */
const SILENCE_MS = 15_000;
/** An answer that does not end: 100,000 rules have about 20 MB. */
const ANSWER_BYTES_MAX = 512 * 1024 * 1024;
/** Answers to echoes that nobody takes. */
const UNSENT_BYTES_MAX = 1024 * 1024;

interface Waiting {
  readonly part: (body: Buffer) => void;
  readonly done: PromiseWithResolvers<void>;
  readonly silence: NodeJS.Timeout;
  bytes: number;
}

export interface ConnectionParts {
  readonly address: OfAddress;
  readonly versions: readonly number[];
  readonly keys: Keys;
  readonly signal: AbortSignal;
  /** What is no answer: events of the monitor, and the rest. Called in the order of their coming. */
  readonly told: (message: Message) => void;
  readonly silenceMs?: number;
}

export class Connection {
  readonly #socket: Socket;
  readonly #parts: ConnectionParts;
  readonly #frames = new Frames();
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended = Promise.withResolvers<Error>();
  readonly #agreed = Promise.withResolvers<number>();
  #version = 0;
  #xid = 0;
  /** Answers that nobody asked for. */
  strays = 0;

  /** Rejects when nobody is there, or speaks another version. */
  static async open(parts: ConnectionParts): Promise<Connection> {
    const connection = new Connection(parts);
    await connection.#agreed.promise;
    return connection;
  }

  private constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#agreed.promise.catch(() => undefined);
    const { versions, signal } = parts;
    const socket = dial(parts.address, parts.keys);
    this.#socket = socket;
    const silence = setTimeout(() => this.end(new Error('the switch says nothing')), this.#silenceMs);
    const close = () => socket.destroy(new Error('not wanted any more'));
    if (signal.aborted) close();
    signal.addEventListener('abort', close, { once: true });
    let reason = new Error('the switch has ended the connection');
    socket.once('connect', () => socket.write(frame(Math.max(...versions), HELLO, 0, helloBody(versions))));
    socket.on('error', (error) => {
      reason = error;
    });
    socket.on('data', (data) => this.#read(data));
    socket.on('close', () => {
      clearTimeout(silence);
      signal.removeEventListener('abort', close);
      for (const one of this.#waiting.values()) {
        clearTimeout(one.silence);
        one.done.reject(reason);
      }
      this.#waiting.clear();
      this.#agreed.reject(reason);
      this.#ended.resolve(reason);
    });
    void this.#agreed.promise.then(
      () => clearTimeout(silence),
      () => undefined,
    );
  }

  /** As on the wire: 1 is OpenFlow 1.0. */
  get version(): number {
    return this.#version;
  }

  /** Resolves with the reason when it is over. */
  get ended(): Promise<Error> {
    return this.#ended.promise;
  }

  end(reason?: Error): void {
    this.#socket.destroy(reason);
  }

  send(type: number, body: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(frame(this.#version, type, this.#nextXid(), body));
  }

  /** Asks for statistics, which come in pieces. Throws a Refusal with what the switch says. */
  async ask({ type, vendor, body = Buffer.alloc(0) }: Asking, part: (body: Buffer) => void): Promise<void> {
    const isFirst = this.#version === 1;
    const head = Buffer.alloc(isFirst ? 4 : 8);
    head.writeUInt16BE(type, 0);
    const pieces = [head, ...(vendor === undefined ? [] : [vendorHead(vendor, isFirst)]), body];
    const xid = this.#nextXid();
    const done = Promise.withResolvers<void>();
    const silence = setTimeout(() => this.end(new Error('the switch does not answer')), this.#silenceMs);
    this.#waiting.set(xid, { part, done, silence, bytes: 0 });
    if (this.#socket.destroyed) done.reject(new Error('the connection is over'));
    else this.#socket.write(frame(this.#version, isFirst ? 16 : 18, xid, Buffer.concat(pieces)));
    try {
      await done.promise;
    } finally {
      clearTimeout(silence);
      this.#waiting.delete(xid);
    }
  }

  #nextXid(): number {
    this.#xid = (this.#xid + 1) >>> 0 || 1;
    return this.#xid;
  }

  get #silenceMs(): number {
    return this.#parts.silenceMs ?? SILENCE_MS;
  }

  #read(data: Buffer): void {
    try {
      for (const message of this.#frames.push(data)) {
        if (this.#socket.destroyed) return;
        this.#take(message);
      }
    } catch (error) {
      this.end(error as Error);
    }
  }

  #take(message: Message): void {
    const { type, body, xid } = message;
    if (type === HELLO) this.#agree(message);
    else if (type === ECHO_REQUEST) this.#echo(message);
    else if (type === ERROR) this.#refused(xid, body);
    else if (type === ECHO_REPLY) return;
    else if (this.#version === 0) this.end(new Error('the switch does not begin with a hello'));
    else if (message.version !== this.#version) this.end(new Error('the switch speaks another version than agreed'));
    else if (type === (this.#version === 1 ? 17 : 19)) this.#answer(message);
    else this.#parts.told(message);
  }

  #agree({ version, body }: Message): void {
    if (this.#version !== 0) return;
    const { versions } = this.#parts;
    const common = agreed(versions, version, body);
    if (common === undefined) {
      const ours = versions.map(versionText).join(', ');
      this.end(new OtherVersion(`no version of OpenFlow in common: we speak ${ours}`));
      return;
    }
    this.#version = common;
    this.#agreed.resolve(common);
  }

  #echo({ version, xid, body }: Message): void {
    if (this.#socket.writableLength > UNSENT_BYTES_MAX) this.end(new Error('the switch does not take our answers'));
    else this.#socket.write(frame(this.#version || version, ECHO_REPLY, xid, body));
  }

  #refused(xid: number, body: Buffer): void {
    if (body.length < 4) return;
    const refusal = new Refusal(body.readUInt16BE(0), body.readUInt16BE(2));
    if (this.#version === 0 || refusal.type === 0) {
      const ours = this.#parts.versions.map(versionText).join(', ');
      this.end(new OtherVersion(`no version of OpenFlow in common: we speak ${ours}`));
      return;
    }
    // Open vSwitch 3.1 does not say which of our questions it could not read at all.
    const [only] = this.#waiting.size === 1 && xid === 0 ? this.#waiting.values() : [];
    (this.#waiting.get(xid) ?? only)?.done.reject(refusal);
  }

  #answer(message: Message): void {
    const { xid, body } = message;
    const waiting = this.#waiting.get(xid);
    if (!waiting) {
      this.strays++;
      this.#parts.told(message);
      return;
    }
    const head = this.#version === 1 ? 4 : 8;
    if (body.length < head) {
      this.end(new Error('an answer of the switch is cut off'));
      return;
    }
    waiting.silence.refresh();
    waiting.bytes += body.length;
    if (waiting.bytes > ANSWER_BYTES_MAX) {
      this.end(new Error('an answer of the switch does not end'));
      return;
    }
    const isVendor = body.readUInt16BE(0) === EXPERIMENTER;
    waiting.part(body.subarray(isVendor ? Math.min(VENDOR_BODY, body.length) : head));
    if ((body.readUInt16BE(2) & 1) === 0) waiting.done.resolve();
  }
}

/** Behind the header of the message, 16 bytes in each version. */
const VENDOR_BODY = 16;

function vendorHead({ id, type }: Extension, isFirst: boolean): Buffer {
  const head = Buffer.alloc(isFirst ? 12 : 8);
  head.writeUInt32BE(id, 0);
  head.writeUInt32BE(type, 4);
  return head;
}
