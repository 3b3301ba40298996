/** Messages of libvirt's RPC out of a stream: each begins with its length, which counts itself (virnetprotocol.x). */
import { BadBytes } from './xdr.ts';

/** VIR_NET_MESSAGE_MAX: no message of a daemon is longer. */
export const MESSAGE_BYTES_MAX = (32 << 20) + 4;
/** The length, and program, version, procedure, type, serial, status. */
export const HEADER_BYTES = 28;

export class Frames {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** Messages that `chunk` completes, without their lengths. Throws BadBytes when no message can begin like that. */
  *push(chunk: Buffer): Generator<Buffer> {
    this.#pieces.push(chunk);
    this.#bytes += chunk.length;
    for (;;) {
      if (this.#bytes < 4) return;
      const length = this.#join(4).readUInt32BE(0);
      if (length < HEADER_BYTES || length > MESSAGE_BYTES_MAX) throw new BadBytes(`a message of ${length} bytes`);
      if (this.#bytes < length) return;
      const all = this.#join(length);
      this.#pieces = all.length > length ? [all.subarray(length)] : [];
      this.#bytes -= length;
      yield all.subarray(4, length);
    }
  }

  /** The first piece, with at least so many bytes. A long message is put together once. */
  #join(length: number): Buffer {
    const [first] = this.#pieces;
    if (first && first.length >= length) return first;
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }
}
