/** XDR (RFC 4506): four bytes at a time, big-endian. */

/** Bytes that are not what they should be. */
export class BadBytes extends Error {}

/** Reads what is there, and throws BadBytes for what is not. */
export class XdrReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint(): number {
    return this.#take(4).readUInt32BE(0);
  }

  int(): number {
    return this.#take(4).readInt32BE(0);
  }

  opaque(length: number): Buffer {
    const bytes = this.#take(length);
    this.#take(padding(length));
    return bytes;
  }

  string(bytesMax: number): string {
    const length = this.uint();
    if (length > bytesMax) throw new BadBytes(`a text of ${length} bytes`);
    return this.opaque(length).toString('utf8');
  }

  /** What may be absent. */
  optional<T>(read: () => T): T | undefined {
    const isThere = this.uint();
    if (isThere > 1) throw new BadBytes('neither there nor absent');
    return isThere === 1 ? read() : undefined;
  }

  list<T>(countMax: number, read: () => T): T[] {
    const count = this.uint();
    if (count > countMax) throw new BadBytes(`a list of ${count}`);
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(read());
    return items;
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new BadBytes('cut off');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

export class XdrWriter {
  readonly #parts: Buffer[] = [];

  uint(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value >>> 0);
    return this.#add(bytes);
  }

  opaque(bytes: Buffer): this {
    return this.#add(bytes, Buffer.alloc(padding(bytes.length)));
  }

  string(text: string): this {
    const bytes = Buffer.from(text);
    return this.uint(bytes.length).opaque(bytes);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #add(...parts: Buffer[]): this {
    this.#parts.push(...parts);
    return this;
  }
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}
