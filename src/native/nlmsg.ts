/**
 * Netlink messages (linux/netlink.h, RFC 3549): walking those the kernel sent and building ours. Their attributes are
 * read in attributes.ts. Numbers are in this machine's byte order, like the kernel's. Nothing here throws on bytes from
 * outside: a walk stops where they stop making sense and says what was left unread.
 */

export const NLMSG = { noop: 1, error: 2, done: 3, overrun: 4 } as const;

export const NLM_F = {
  request: 0x1,
  multi: 0x2,
  ack: 0x4,
  /** The table changed while it was dumped. */
  dumpInterrupted: 0x10,
  dumpFiltered: 0x20,
  /** In requests for data. */
  root: 0x100,
  match: 0x200,
  dump: 0x300,
  /** In requests that make something. */
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
  /** In answers of type NLMSG.error. */
  capped: 0x100,
  ackTlvs: 0x200,
} as const;

export const HEADER_BYTES = 16;
const ATTRIBUTE_HEADER_BYTES = 4;
/** A mark on the type, not part of it. */
const NLA_F_NESTED = 0x8000;

export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly portId: number;
  /** Where in the batch it begins, and its bytes there with its header. */
  readonly from: number;
  readonly length: number;
  /** The whole message with its header. A window on the batch, not a copy. */
  readonly bytes: Uint8Array;
  /** What follows the header. */
  readonly payload: Uint8Array;
}

/** The messages of a batch, in order. The generator returns how many bytes at the end made no sense. */
export function* messages(given: Uint8Array): Generator<Message, number, undefined> {
  // A window on a Buffer is a Buffer, whose slice() copies nothing: what is kept would hold the batch, and share it.
  const batch = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  const view = viewOf(batch);
  let at = 0;
  while (batch.length - at >= HEADER_BYTES) {
    const length = view.getUint32(at, LITTLE);
    if (length < HEADER_BYTES || length > batch.length - at) break;
    yield new Window(batch, view, at, length);
    at += aligned(length);
  }
  return Math.max(0, batch.length - at);
}

/** Of a table of a hundred thousand most are only passed on: windows are cut when they are looked through. */
class Window implements Message {
  readonly #batch: Uint8Array;
  readonly #view: DataView;
  readonly from: number;
  readonly length: number;

  constructor(batch: Uint8Array, view: DataView, from: number, length: number) {
    this.#batch = batch;
    this.#view = view;
    this.from = from;
    this.length = length;
  }

  get type(): number {
    return this.#view.getUint16(this.from + 4, LITTLE);
  }
  get flags(): number {
    return this.#view.getUint16(this.from + 6, LITTLE);
  }
  get sequence(): number {
    return this.#view.getUint32(this.from + 8, LITTLE);
  }
  get portId(): number {
    return this.#view.getUint32(this.from + 12, LITTLE);
  }
  get bytes(): Uint8Array {
    return this.#batch.subarray(this.from, this.from + this.length);
  }
  get payload(): Uint8Array {
    return this.#batch.subarray(this.from + HEADER_BYTES, this.from + this.length);
  }
}

/**
 * Builds one message. `sequence` and `portId` are filled in by whoever sends it (see conversation.ts).
 *
 *     new MessageBuilder(RTM_GETLINK, NLM_F.request | NLM_F.dump).fixed(new Uint8Array(16)).u32(IFLA_EXT_MASK, 1).build()
 */
export class MessageBuilder {
  #bytes = new Uint8Array(256);
  #view = viewOf(this.#bytes);
  #used = HEADER_BYTES;

  constructor(type: number, flags: number) {
    this.#view.setUint16(4, type, LITTLE);
    this.#view.setUint16(6, flags, LITTLE);
  }

  /** The struct between header and attributes. */
  fixed(bytes: Uint8Array): this {
    // Where to write first: making room may put all of it elsewhere.
    const at = this.#take(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  bytes(type: number, value: Uint8Array): this {
    const at = this.#attribute(type, value.length);
    this.#bytes.set(value, at);
    return this;
  }

  u8(type: number, value: number): this {
    const at = this.#attribute(type, 1);
    this.#view.setUint8(at, value);
    return this;
  }

  u16(type: number, value: number): this {
    const at = this.#attribute(type, 2);
    this.#view.setUint16(at, value, LITTLE);
    return this;
  }

  u32(type: number, value: number): this {
    const at = this.#attribute(type, 4);
    this.#view.setUint32(at, value, LITTLE);
    return this;
  }

  i32(type: number, value: number): this {
    return this.u32(type, value >>> 0);
  }

  u64(type: number, value: bigint): this {
    const at = this.#attribute(type, 8);
    this.#view.setBigUint64(at, value, LITTLE);
    return this;
  }

  /** With the NUL that the kernel expects at its end. */
  string(type: number, value: string): this {
    return this.bytes(type, TEXT_ENCODER.encode(`${value}\0`));
  }

  /** Without a value: its presence says it. */
  flag(type: number): this {
    this.#attribute(type, 0);
    return this;
  }

  nested(type: number, fill: (inside: this) => void): this {
    const start = this.#used;
    this.#attribute(type | NLA_F_NESTED, 0);
    fill(this);
    this.#view.setUint16(start, attributeLength(this.#used - start), LITTLE);
    return this;
  }

  build(): Uint8Array {
    this.#view.setUint32(0, this.#used, LITTLE);
    return this.#bytes.slice(0, this.#used);
  }

  #attribute(type: number, length: number): number {
    const at = this.#take(ATTRIBUTE_HEADER_BYTES + length);
    this.#view.setUint16(at, attributeLength(ATTRIBUTE_HEADER_BYTES + length), LITTLE);
    this.#view.setUint16(at + 2, type, LITTLE);
    return at + ATTRIBUTE_HEADER_BYTES;
  }

  /** Room at the end, aligned; what is between is zero. */
  #take(length: number): number {
    const at = this.#used;
    this.#used += aligned(length);
    if (this.#used > this.#bytes.length) {
      const larger = new Uint8Array(this.#used * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = viewOf(larger);
    }
    return at;
  }
}

/** Whether this machine, and so its kernel's netlink, is little-endian: for DataView. */
export const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const TEXT_ENCODER = new TextEncoder();

function aligned(length: number): number {
  return (length + 3) & ~3;
}

function attributeLength(length: number): number {
  if (length > 0xffff) throw new RangeError(`a netlink attribute of ${length} bytes: at most 65535 are possible`);
  return length;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
