/** Protobuf bytes (protobuf.dev/programming-guides/encoding), straight into one buffer that grows: for what is many. */
import { writeHex } from './hex.ts';
import { type QuickBuffer, quick } from './quick.ts';

/** Bytes that are kept for the length of a message inside: 1 where it is below 128 for sure, 4 for what is likely large. */
export type LengthBytes = 1 | 2 | 4;

export class Writer {
  #bytes = quick(new Uint8Array(1 << 16));
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** What was written, as bytes of their own; the writer begins anew. */
  finish(): Uint8Array {
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(this.#at).buffer);
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

  /** A packed field of so many doubles: each follows as `plainDouble`. */
  doubles(field: number, count: number): void {
    this.#room(15 + count * 8);
    this.#tag(field, 2);
    this.#varint(count * 8);
  }

  plainDouble(value: number): void {
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  text(field: number, text: string, always = false): void {
    const { length } = text;
    if (length === 0 && !always) return;
    this.#room(length * 3 + 15);
    this.#tag(field, 2);
    const bytes = this.#bytes;
    if (length < SHORT) {
      let all = 0;
      const start = this.#at + 1;
      for (let i = 0; i < length; i++) {
        const code = text.charCodeAt(i);
        all |= code;
        bytes[start + i] = code;
      }
      if (all <= 0x7f) {
        bytes[this.#at] = length;
        this.#at = start + length;
        return;
      }
    }
    // Its length is known when it is written: a number may have more bytes than it needs.
    const room = length * 3 < 1 << 14 ? 2 : 4;
    const start = this.#at + room;
    const written = bytes.utf8Write(text, start, length * 3);
    this.#at = start + written;
    putLength(bytes, start - room, written, room);
  }

  /** An id: in the first field where it is 16 hex digits, in the other where it is not. */
  id(field: number, textField: number, id: string, always = false): void {
    this.#room(15);
    const before = this.#at;
    this.#tag(field, 2);
    this.#bytes[this.#at++] = 8;
    if (writeHex(id, this.#bytes, this.#at)) {
      this.#at += 8;
      return;
    }
    this.#at = before;
    this.text(textField, id, always);
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

  /** Opens a message inside; what it gives goes to `end`, with the same room. */
  begin(field: number, room: LengthBytes = 2): number {
    this.#room(15);
    this.#tag(field, 2);
    this.#at += room;
    return this.#at;
  }

  end(start: number, room: LengthBytes = 2): void {
    const length = this.#at - start;
    if (room !== 2 || length < 1 << 14) {
      putLength(this.#bytes, start - room, length, room);
      return;
    }
    this.#room(2);
    this.#bytes.copyWithin(start + 2, start, this.#at);
    this.#at += 2;
    putLength(this.#bytes, start - 2, length, 4);
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
    const bytes: QuickBuffer = quick(Buffer.allocUnsafeSlow(length));
    bytes.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** A number in so many bytes, whether it needs them or not. 2^28 is more than any message has. */
function putLength(bytes: Uint8Array, at: number, length: number, room: LengthBytes): void {
  let rest = length;
  const last = at + room - 1;
  for (let i = at; i < last; i++, rest >>>= 7) bytes[i] = (rest & 0x7f) | 0x80;
  bytes[last] = rest;
}

/** Up to this a loop is quicker than a call into the runtime, and the length is one byte. */
const SHORT = 64;
const KEPT_BYTES = 1 << 20;
