/** Reads protobuf bytes from outside: never past them, and what is wrong is a WireFault. */
import { WireFault } from './fault.ts';
import { readHex } from './hex.ts';
import { type QuickBuffer, quick } from './quick.ts';

export class Reader {
  readonly #bytes: QuickBuffer;
  readonly #view: DataView;
  #at: number;
  #end: number;
  /** Where the bytes are in the whole, for messages. */
  readonly #base: number;
  #type = 0;

  constructor(bytes: Uint8Array, base = 0) {
    this.#bytes = quick(bytes);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = 0;
    this.#end = bytes.length;
    this.#base = base;
  }

  /** Of the byte that is read next. */
  get at(): number {
    return this.#base + this.#at;
  }

  /** Number of the next field; 0 at the end of this message. */
  field(): number {
    if (this.#at >= this.#end) return 0;
    const first = this.#bytes[this.#at] as number;
    let tag = first;
    if (first < 0x80) this.#at++;
    else tag = this.#varint();
    this.#type = tag & 7;
    const field = tag >>> 3;
    if (field === 0) throw this.fault('field 0');
    return field;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** A number of a packed field. */
  plain(): number {
    return this.#varint();
  }

  /** The next of a packed field; 0 where it has no more. */
  plainDouble(): number {
    if (this.#at === this.#end) return 0;
    if (this.#at + 8 > this.#end) throw this.#cut();
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  uint(): number {
    if (this.#type !== 0) throw this.#other();
    return this.#varint();
  }

  double(): number {
    if (this.#type !== 1) throw this.#other();
    if (this.#at + 8 > this.#end) throw this.#cut();
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  text(): string {
    const length = this.#length();
    const at = this.#at;
    this.#at = at + length;
    return this.#bytes.utf8Slice(at, at + length);
  }

  /** What `Writer.id` put into its first field. */
  id(): string {
    const length = this.#length();
    if (length !== 8) throw this.fault(`id of ${length} bytes`);
    const at = this.#at;
    this.#at = at + 8;
    return readHex(this.#bytes, at);
  }

  /** A view of what is being read. */
  bytes(): Buffer {
    const length = this.#length();
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  /** Enters the message inside; what it gives goes to `leave`. */
  enter(): number {
    const length = this.#length();
    const end = this.#end;
    this.#end = this.#at + length;
    return end;
  }

  leave(end: number): void {
    this.#at = this.#end;
    this.#end = end;
  }

  /** Passes by the value of a field that is not known. */
  skip(): void {
    if (this.#type === 0) this.#varint();
    else if (this.#type === 2) {
      const length = this.#length();
      this.#at += length;
    } else if (this.#type === 1 || this.#type === 5) {
      this.#at += this.#type === 1 ? 8 : 4;
      if (this.#at > this.#end) throw this.#cut();
    } else throw this.fault(`wire type ${this.#type}`);
  }

  fault(what: string): WireFault {
    return new WireFault(what, this.at);
  }

  #length(): number {
    if (this.#type !== 2) throw this.#other();
    const length = this.#varint();
    if (length > this.#end - this.#at) throw this.#cut();
    return length;
  }

  #varint(): number {
    const at = this.#at;
    if (at + 1 < this.#end) {
      const first = this.#bytes[at] as number;
      if (first < 0x80) {
        this.#at = at + 1;
        return first;
      }
      const second = this.#bytes[at + 1] as number;
      if (second < 0x80) {
        this.#at = at + 2;
        return (first & 0x7f) | (second << 7);
      }
    }
    return this.#longVarint();
  }

  /** The lower 32 bits of up to ten bytes. */
  #longVarint(): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (this.#at >= this.#end) throw this.#cut();
      const byte = this.#bytes[this.#at++] as number;
      if (i < 5) value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) return value >>> 0;
    }
    throw this.fault('number of more than ten bytes');
  }

  #cut(): WireFault {
    return this.fault('bytes end within a value');
  }

  #other(): WireFault {
    return this.fault(`wire type ${this.#type} where another is declared`);
  }
}
