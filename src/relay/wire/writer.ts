/** Protobuf bytes (protobuf.dev/programming-guides/encoding), straight into one buffer that grows: for what is many. */

export class Writer {
  #bytes = Buffer.allocUnsafeSlow(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** What was written, as bytes of their own; the writer begins anew. */
  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#at);
    bytes.set(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
    // One large batch shall not hold its room forever.
    if (this.#bytes.length > KEPT_BYTES) this.#grow(KEPT_BYTES);
    return bytes;
  }

  /** Forgets what was written, after a failure. */
  reset(): void {
    this.#at = 0;
  }

  /** A field that is 0 is not written (proto3), unless it may be absent and is not: then `always`. */
  uint(field: number, value: number, always = false): void {
    if (value === 0 && !always) return;
    this.#room(15);
    this.#tag(field, 0);
    this.#varint(value);
  }

  /** A number of a packed field. */
  plain(value: number): void {
    this.#room(5);
    this.#varint(value);
  }

  double(field: number, value: number, always = false): void {
    if (!always && value === 0 && 1 / value > 0) return;
    this.#room(14);
    this.#tag(field, 1);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  text(field: number, text: string, always = false): void {
    const { length } = text;
    if (length === 0 && !always) return;
    this.#room(length * 3 + 15);
    this.#tag(field, 2);
    const start = this.#at + 1;
    const bytes = this.#bytes;
    if (length < SHORT) {
      let code = 0;
      let at = start;
      for (let i = 0; i < length; i++) {
        code = text.charCodeAt(i);
        if (code > 0x7f) break;
        bytes[at++] = code;
      }
      if (code <= 0x7f) {
        bytes[this.#at] = length;
        this.#at = at;
        return;
      }
    }
    this.#varint(Buffer.byteLength(text));
    this.#at += bytes.write(text, this.#at);
  }

  bytes(field: number, bytes: Uint8Array): void {
    this.#room(bytes.length + 15);
    this.#tag(field, 2);
    this.#varint(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Fields that are written already. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Opens a message inside; what it gives goes to `end`. */
  begin(field: number): number {
    this.#room(15);
    this.#tag(field, 2);
    // Room for its length: two bytes do for most. A length may have more bytes than it needs.
    this.#at += 2;
    return this.#at;
  }

  end(start: number): void {
    const length = this.#at - start;
    const bytes = this.#bytes;
    if (length < 1 << 14) {
      bytes[start - 2] = (length & 0x7f) | 0x80;
      bytes[start - 1] = length >>> 7;
      return;
    }
    this.#room(3);
    this.#bytes.copyWithin(start + 3, start, this.#at);
    this.#at += 3;
    let rest = length;
    for (let at = start - 2; at < start + 2; at++, rest >>>= 7) this.#bytes[at] = (rest & 0x7f) | 0x80;
    this.#bytes[start + 2] = rest;
  }

  #tag(field: number, type: number): void {
    const tag = (field << 3) | type;
    if (tag < 0x80) this.#bytes[this.#at++] = tag;
    else this.#varint(tag);
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let rest = value;
    while (rest > 0x7f) {
      bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[this.#at++] = rest;
  }

  #room(length: number): void {
    if (this.#at + length > this.#bytes.length) this.#grow(Math.max(this.#bytes.length * 2, this.#at + length));
  }

  #grow(length: number): void {
    const bytes = Buffer.allocUnsafeSlow(length);
    bytes.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** Up to this a loop is quicker than a call into the runtime, and the length is one byte. */
const SHORT = 64;
const KEPT_BYTES = 1 << 20;
