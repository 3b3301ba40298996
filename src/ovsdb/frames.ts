/** A stream of JSON texts without anything between them (RFC 7047 §4 has no framing), cut into texts. */
export class JsonFrames {
  readonly #bytesMax: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  constructor({ bytesMax }: { bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /** The objects that are complete now. Throws a RangeError when one is larger than allowed. */
  *push(data: Buffer): Iterable<string> {
    let from = 0;
    for (let at = 0; at < data.length; at++) {
      const byte = data[at];
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInText = false;
      } else if (byte === QUOTE) this.#isInText = true;
      else if (byte === OPEN || byte === OPEN_LIST) this.#depth++;
      else if (byte === CLOSE || byte === CLOSE_LIST) {
        if (--this.#depth > 0) continue;
        this.#depth = 0;
        yield Buffer.concat([...this.#parts, data.subarray(from, at + 1)]).toString('utf8');
        this.#parts = [];
        this.#bytes = 0;
        from = at + 1;
      }
    }
    if (from === data.length) return;
    this.#parts.push(data.subarray(from));
    this.#bytes += data.length - from;
    if (this.#bytes > this.#bytesMax) throw new RangeError(`a message of more than ${this.#bytesMax} bytes`);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
