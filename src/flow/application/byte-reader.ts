/**
 * Big-endian fields of bytes from outside, in order. Reading past the end gives zeros and sets `isCut`, so that a parser
 * reads a whole structure and asks once whether it was there.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;
  isCut = false;

  constructor(bytes: Uint8Array, from = 0, to = bytes.length) {
    this.bytes = bytes;
    this.at = from;
    this.end = Math.min(to, bytes.length);
  }

  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : (this.bytes[at] as number);
  }

  u16(): number {
    return this.unsigned(2);
  }

  u24(): number {
    return this.unsigned(3);
  }

  u32(): number {
    return this.unsigned(4);
  }

  /** Any width; above 6 bytes the value is the nearest double. */
  unsigned(width: number): number {
    const at = this.#take(width);
    if (at < 0) return 0;
    let value = 0;
    for (let i = at; i < at + width; i++) value = value * 256 + (this.bytes[i] as number);
    return value;
  }

  /** A view, not a copy; empty when cut. */
  take(length: number): Uint8Array {
    const at = this.#take(length);
    return at < 0 ? this.bytes.subarray(0, 0) : this.bytes.subarray(at, at + length);
  }

  skip(length: number): void {
    this.#take(length);
  }

  /** A reader of the next `length` bytes alone; this one goes on after them. Cut already when they are not there. */
  part(length: number): ByteReader {
    const at = this.#take(length);
    const part = new ByteReader(this.bytes, Math.max(at, 0), at < 0 ? 0 : at + length);
    part.isCut = at < 0;
    return part;
  }

  #take(length: number): number {
    if (this.isCut || length < 0 || length > this.left) {
      this.isCut = true;
      return -1;
    }
    const at = this.at;
    this.at += length;
    return at;
  }
}
