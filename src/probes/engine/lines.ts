/** Lines out of a stream that comes in pieces of any size. One that is too long is left out, and counted. */
export class Lines {
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #isTooLong = false;
  tooLong = 0;

  constructor({ bytesMax }: { bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /** The lines that `chunk` ends, without their ends. */
  *take(chunk: Buffer): Iterable<string> {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      this.#keep(chunk.subarray(from, end));
      from = end + 1;
      const line = this.#isTooLong ? '' : Buffer.concat(this.#pieces).toString('utf8');
      this.#pieces = [];
      this.#bytes = 0;
      this.#isTooLong = false;
      if (line.trim() !== '') yield line;
    }
    this.#keep(chunk.subarray(from));
  }

  #keep(piece: Buffer): void {
    if (this.#isTooLong) return;
    this.#bytes += piece.length;
    if (this.#bytes <= this.#bytesMax) {
      if (piece.length > 0) this.#pieces.push(piece);
      return;
    }
    this.#isTooLong = true;
    this.#pieces = [];
    this.tooLong++;
  }
}

const LF = 10;
