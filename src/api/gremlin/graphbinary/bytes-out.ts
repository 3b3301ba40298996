/**
 * Bytes of a message as they are written, in place. Messages follow one another in one piece of memory until it is full:
 * a small answer costs no allocation of its own, and a large one is moved only when it outgrows what it began in.
 */
import { writtenMax } from '../codec-limits.ts';
import { tooLarge } from '../too-large.ts';

const pieceBytes = 256 * 1024;

export class BytesOut {
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #at = 0;

  /** Begins a message; one that was not finished is forgotten. */
  start(): void {
    this.#at = this.#start;
  }

  /** What was written since the start; it stays as it is. */
  finish(): Buffer {
    const message = this.#bytes.subarray(this.#start, this.#at);
    // What one large answer needed is not kept for the small ones after it.
    if (this.#bytes.length > pieceBytes * 4) this.#bytes = Buffer.alloc(0);
    this.#at = this.#bytes.length === 0 ? 0 : this.#at;
    this.#start = this.#at;
    return message;
  }

  /** Bytes of this message so far. */
  get length(): number {
    return this.#at - this.#start;
  }

  /** What was written from one length of this message to another, once more. */
  again(from: number, to: number): void {
    const size = to - from;
    if (this.#at + size > this.#bytes.length) this.#grow(size);
    this.#bytes.copyWithin(this.#at, this.#start + from, this.#start + to);
    this.#at += size;
  }

  byte(value: number): void {
    if (this.#at === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#at++] = value;
  }

  /** A type and its flag. */
  pair(first: number, second: number): void {
    if (this.#at + 2 > this.#bytes.length) this.#grow(2);
    const bytes = this.#bytes;
    bytes[this.#at++] = first;
    bytes[this.#at++] = second;
  }

  int16(value: number): void {
    this.pair(value >> 8, value);
  }

  int32(value: number): void {
    if (this.#at + 4 > this.#bytes.length) this.#grow(4);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = value >>> 24;
    bytes[at++] = value >>> 16;
    bytes[at++] = value >>> 8;
    bytes[at++] = value;
    this.#at = at;
  }

  /** Whole, within 2^53; or any as bigint. */
  int64(value: number | bigint): void {
    if (typeof value === 'bigint') {
      const bits = BigInt.asUintN(64, value);
      this.int32(Number(bits >> 32n) | 0);
      this.int32(Number(bits & 0xffffffffn) | 0);
      return;
    }
    const high = Math.floor(value / 0x1_0000_0000);
    this.int32(high);
    this.int32(value - high * 0x1_0000_0000);
  }

  float32(value: number): void {
    float[0] = value;
    this.int32(floatBits[0] as number);
  }

  float64(value: number): void {
    double[0] = value;
    this.int32(doubleBits[highWord] as number);
    this.int32(doubleBits[1 - highWord] as number);
  }

  /** Its length in bytes of UTF-8, and the bytes. */
  text(value: string): void {
    const { length } = value;
    // In UTF-8 a unit of a string takes three bytes at most.
    if (this.#at + 4 + length * 3 > this.#bytes.length) this.#grow(4 + length * 3);
    if (length <= byHandMax && this.#ascii(value)) return;
    const written = this.#bytes.write(value, this.#at + 4, 'utf8');
    this.int32(written);
    this.#at += written;
  }

  raw(bytes: Uint8Array): void {
    if (this.#at + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** For short texts a loop is quicker than a call out of JavaScript. False: not all of it is ASCII, and nothing was written. */
  #ascii(value: string): boolean {
    const bytes = this.#bytes;
    const { length } = value;
    let at = this.#at + 4;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    bytes[this.#at] = 0;
    bytes[this.#at + 1] = 0;
    bytes[this.#at + 2] = 0;
    bytes[this.#at + 3] = length;
    this.#at = at;
    return true;
  }

  #grow(bytes: number): void {
    const used = this.#at - this.#start;
    if (used + bytes > writtenMax) throw tooLarge();
    const next = Buffer.allocUnsafeSlow(Math.max(pieceBytes, (used + bytes) * 2));
    this.#bytes.copy(next, 0, this.#start, this.#at);
    this.#bytes = next;
    this.#start = 0;
    this.#at = used;
  }
}

const byHandMax = 32;

const float = new Float32Array(1);
const floatBits = new Int32Array(float.buffer);
const double = new Float64Array(1);
const doubleBits = new Int32Array(double.buffer);
/** Where this machine keeps the sign. */
const highWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
