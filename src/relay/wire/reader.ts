/** Reads protobuf bytes from outside: never past them, and what is wrong is a WireFault. */
import { WireFault } from './fault.ts';

export class Reader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at: number;
  #end: number;
  /** Where the bytes are in the whole, for messages. */
  readonly #base: number;
  #type = 0;

  constructor(bytes: Uint8Array, base = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
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
    const tag = first < 0x80 ? first : this.#varint();
    if (first < 0x80) this.#at++;
    this.#type = tag & 7;
    const field = tag >>> 3;
    if (field === 0) throw this.fault('field number 0');
    return field;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** A number of a packed field. */
  plain(): number {
    return this.#varint();
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
    const b = this.#bytes;
    this.#at = at + length;
    if (length === 16) {
      // Ids: making a string from its characters is quicker than a call into the runtime.
      const text = fromCharCodes(b, at);
      if (text !== undefined) return text;
    }
    return b.toString('utf8', at, at + length);
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
    else if (this.#type === 2) this.bytes();
    else if (this.#type === 1 || this.#type === 5) {
      this.#at += this.#type === 1 ? 8 : 4;
      if (this.#at > this.#end) throw this.#cut();
    } else throw this.fault(`wire type ${this.#type}`);
  }

  fault(what: string): WireFault {
    return new WireFault(what, this.at);
  }

  #length(): number {
    if (this.#type !== 2) throw this.#other();
    const first = this.#bytes[this.#at] as number;
    let length = first;
    if (this.#at < this.#end && first < 0x80) this.#at++;
    else length = this.#varint();
    if (length > this.#end - this.#at) throw this.#cut();
    return length;
  }

  /** The lower 32 bits of up to ten bytes. */
  #varint(): number {
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

function fromCharCodes(b: Buffer, at: number): string | undefined {
  const [c0, c1, c2, c3] = [b[at], b[at + 1], b[at + 2], b[at + 3]] as [number, number, number, number];
  const [c4, c5, c6, c7] = [b[at + 4], b[at + 5], b[at + 6], b[at + 7]] as [number, number, number, number];
  const [c8, c9, ca, cb] = [b[at + 8], b[at + 9], b[at + 10], b[at + 11]] as [number, number, number, number];
  const [cc, cd, ce, cf] = [b[at + 12], b[at + 13], b[at + 14], b[at + 15]] as [number, number, number, number];
  if ((c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7 | c8 | c9 | ca | cb | cc | cd | ce | cf) > 0x7f) return undefined;
  return String.fromCharCode(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ca, cb, cc, cd, ce, cf);
}
