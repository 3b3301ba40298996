/**
 * Reads netlink attributes (struct nlattr, linux/netlink.h): a cursor that makes no object for each, as there are many.
 * What is too short reads as zero or empty, what is cut off ends the walk: bytes from outside never throw.
 */
import { LITTLE } from './nlmsg.ts';

const HEADER = 4;
/** The two upper bits of the type say nested and network byte order. */
const TYPE_MASK = 0x3fff;

/** A cursor: `while (attributes.next()) switch (attributes.type) …`. */
export class Attributes {
  type = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #from = 0;
  #to = 0;
  #next: number;

  constructor(bytes: Uint8Array, from = 0, to = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#next = from;
    this.#end = Math.min(to, bytes.length);
  }

  /** A cursor that stands on all of `bytes`, for the struct in front of the attributes. */
  static struct(bytes: Uint8Array): Attributes {
    const cursor = new Attributes(bytes, bytes.length);
    cursor.#to = bytes.length;
    return cursor;
  }

  next(): boolean {
    if (this.#next + HEADER > this.#end) return false;
    const length = this.#view.getUint16(this.#next, LITTLE);
    if (length < HEADER || this.#next + length > this.#end) return false;
    this.type = this.#view.getUint16(this.#next + 2, LITTLE) & TYPE_MASK;
    this.#from = this.#next + HEADER;
    this.#to = this.#next + length;
    this.#next += (length + 3) & ~3;
    return true;
  }

  get length(): number {
    return this.#to - this.#from;
  }

  u8(at = 0): number {
    return this.#has(at, 1) ? this.#view.getUint8(this.#from + at) : 0;
  }

  u16(at = 0): number {
    return this.#has(at, 2) ? this.#view.getUint16(this.#from + at, LITTLE) : 0;
  }

  u32(at = 0): number {
    return this.#has(at, 4) ? this.#view.getUint32(this.#from + at, LITTLE) : 0;
  }

  i32(at = 0): number {
    return this.#has(at, 4) ? this.#view.getInt32(this.#from + at, LITTLE) : 0;
  }

  /** Exact up to 2^53, as counters are. */
  u64(at = 0): number {
    return this.#has(at, 8) ? Number(this.#view.getBigUint64(this.#from + at, LITTLE)) : 0;
  }

  /** Network byte order. */
  be16(at = 0): number {
    return this.#has(at, 2) ? this.#view.getUint16(this.#from + at) : 0;
  }

  be32(at = 0): number {
    return this.#has(at, 4) ? this.#view.getUint32(this.#from + at) : 0;
  }

  /** Up to the first NUL. */
  text(): string {
    const end = this.#bytes.indexOf(0, this.#from);
    const to = end < 0 || end > this.#to ? this.#to : end;
    return decoder.decode(this.#bytes.subarray(this.#from, to));
  }

  /** A window on the payload, not a copy. */
  bytes(from = 0, length = this.length - from): Uint8Array {
    return this.#bytes.subarray(Math.min(this.#from + from, this.#to), Math.min(this.#from + from + length, this.#to));
  }

  nested(from = 0): Attributes {
    return new Attributes(this.#bytes, this.#from + from, this.#to);
  }

  #has(at: number, size: number): boolean {
    return this.#from + at + size <= this.#to;
  }
}

const decoder = new TextDecoder();
