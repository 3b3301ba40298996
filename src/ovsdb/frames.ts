/** A stream of JSON texts without anything between them (RFC 7047 §4 has no framing), cut into texts. */
export class JsonFrames {
  readonly #bytesMax: number;
  /** What has come of a text that is not complete. */
  #kept = Buffer.alloc(0);
  #bytes = 0;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  constructor({ bytesMax }: { bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /** The objects that are complete now. Throws a RangeError when one is larger or deeper than allowed, or is none. */
  *push(data: Buffer): Iterable<string> {
    let from = 0;
    for (let at = 0; at < data.length; at++) {
      const byte = data[at] as number;
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInText = false;
      } else if (byte === OPEN || (byte === OPEN_LIST && this.#depth > 0)) {
        if (++this.#depth > DEPTH_MAX) throw new RangeError(`a message deeper than ${DEPTH_MAX}`);
      } else if (this.#depth === 0) {
        if (byte !== SPACE && byte !== TAB && byte !== NEWLINE && byte !== RETURN)
          throw new RangeError('something that is no message');
        if (this.#bytes === 0) from = at + 1;
      } else if (byte === QUOTE) this.#isInText = true;
      else if (byte === CLOSE || byte === CLOSE_LIST) {
        if (--this.#depth > 0) continue;
        this.#keep(data.subarray(from, at + 1));
        const text = this.#kept.toString('utf8', 0, this.#bytes);
        this.#bytes = 0;
        if (this.#kept.length > ROOM_KEPT) this.#kept = Buffer.alloc(0);
        from = at + 1;
        yield text;
      }
    }
    if (from < data.length) this.#keep(data.subarray(from));
  }

  /** However small the pieces are, what is kept takes no more than twice its bytes. */
  #keep(piece: Buffer): void {
    const bytes = this.#bytes + piece.length;
    if (bytes > this.#bytesMax) throw new RangeError(`a message of more than ${this.#bytesMax} bytes`);
    if (bytes > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#kept.length));
      this.#kept.copy(larger, 0, 0, this.#bytes);
      this.#kept = larger;
    }
    piece.copy(this.#kept, this.#bytes);
    this.#bytes = bytes;
  }
}

/** Messages of a database are six deep. */
const DEPTH_MAX = 64;
/** Room that is kept for the next message. */
const ROOM_KEPT = 256 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const SPACE = 0x20;
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
