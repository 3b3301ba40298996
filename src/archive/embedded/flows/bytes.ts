/** Numbers, ids and texts one after the other in bytes: how rows of flows cross the threads and lie in the file. */
import { OCTETS } from '../../../std/addresstext.ts';

export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #at = 0;

  constructor(sizeBytes: number) {
    this.#bytes = new Uint8Array(sizeBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#at;
  }

  /** What was written so far, without a copy: nothing may be written after it is taken to another thread. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  /** Whole numbers from 0 to 2^53 - 2 in as few bytes as they need (LEB128, one more than they are), others as 0 and a float. */
  number(value: number): void {
    this.#reserve(9);
    if (!(value >= 0 && value < Number.MAX_SAFE_INTEGER && Number.isInteger(value))) {
      this.#bytes[this.#at] = 0;
      this.#view.setFloat64(this.#at + 1, value, true);
      this.#at += 9;
      return;
    }
    let left = value + 1;
    while (left >= 0x8000_0000) {
      this.#bytes[this.#at++] = (left % 128) | 128;
      left = Math.floor(left / 128);
    }
    while (left >= 128) {
      this.#bytes[this.#at++] = (left & 127) | 128;
      left >>>= 7;
    }
    this.#bytes[this.#at++] = left;
  }

  /** 16 hex digits, as eight bytes. Throws when it is something else. */
  id(hex: string): void {
    this.#reserve(8);
    const high = wordOf(hex, 0);
    const low = wordOf(hex, 8);
    if (hex.length !== 16 || high < 0 || low < 0) throw new Error(`an id is 16 hex digits, not ${JSON.stringify(hex)}`);
    this.#view.setUint32(this.#at, high);
    this.#view.setUint32(this.#at + 4, low);
    this.#at += 8;
  }

  /** UTF-8, with its length before it. */
  text(text: string): void {
    const start = this.begin();
    const room = text.length * 3;
    this.#reserve(room);
    this.#at += encoder.encodeInto(text, this.#bytes.subarray(this.#at, this.#at + room)).written;
    this.end(start);
  }

  bytes(bytes: Uint8Array): void {
    const start = this.begin();
    this.raw(bytes);
    this.end(start);
  }

  /** What is written from here to `end` is one run of bytes, with its length before it. */
  begin(): number {
    this.#reserve(4);
    this.#at += 4;
    return this.#at;
  }

  end(start: number): void {
    this.#view.setUint32(start - 4, this.#at - start, true);
  }

  /** Without a length before them. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + size));
    bytes.set(this.written);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    return this.#view.getUint8(this.#at++);
  }

  number(): number {
    let value = 0;
    let factor = 1;
    let next = this.byte();
    if (next === 0) {
      this.#at += 8;
      return this.#view.getFloat64(this.#at - 8, true);
    }
    for (; next >= 128; next = this.byte()) {
      value += (next & 127) * factor;
      factor *= 128;
    }
    return value + next * factor - 1;
  }

  id(): string {
    let hex = '';
    for (let i = 0; i < 8; i++) hex += OCTETS[this.byte()];
    return hex;
  }

  /** The same as SQLite keeps it. */
  integerId(): bigint {
    this.#at += 8;
    return this.#view.getBigInt64(this.#at - 8);
  }

  text(): string {
    return decoder.decode(this.bytes());
  }

  bytes(): Uint8Array {
    const length = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return this.raw(length);
  }

  raw(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** 16 hex digits as the signed integer that SQLite keeps; undefined for another text. */
export function integerOf(hex: string): bigint | undefined {
  return /^[0-9a-f]{16}$/.test(hex) ? BigInt.asIntN(64, BigInt(`0x${hex}`)) : undefined;
}

function wordOf(hex: string, from: number): number {
  let word = 0;
  for (let i = from; i < from + 8; i++) {
    const code = hex.charCodeAt(i);
    if (code >= 48 && code <= 57) word = word * 16 + code - 48;
    else if (code >= 97 && code <= 102) word = word * 16 + code - 87;
    else return -1;
  }
  return word;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
