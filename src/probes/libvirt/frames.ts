/** Messages of libvirt's RPC out of a stream: each begins with its length, which counts itself (virnetprotocol.x). */
import { BadBytes } from './xdr.ts';

/** VIR_NET_MESSAGE_MAX: no message of a daemon is longer. */
export const MESSAGE_BYTES_MAX = (32 << 20) + 4;
const LENGTH_BYTES = 4;
/** The length, and program, version, procedure, type, serial, status. */
export const HEADER_BYTES = 28;

export class Frames {
  /** The length, and then the rest of a message: room for all of it, that costs memory as it is filled. */
  #room = Buffer.alloc(LENGTH_BYTES);
  #filled = 0;
  #isBody = false;

  /** Messages that `chunk` completes, without their lengths. Throws BadBytes when no message can begin like that. */
  *push(chunk: Buffer): Generator<Buffer> {
    let at = 0;
    while (at < chunk.length) {
      const copied = chunk.copy(this.#room, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled < this.#room.length) return;
      const full = this.#room;
      this.#expect(this.#isBody ? LENGTH_BYTES : bodyLength(full));
      this.#isBody = !this.#isBody;
      if (!this.#isBody) yield full;
    }
  }

  #expect(bytes: number): void {
    this.#room = Buffer.allocUnsafeSlow(bytes);
    this.#filled = 0;
  }
}

function bodyLength(head: Buffer): number {
  const length = head.readUInt32BE(0);
  if (length < HEADER_BYTES || length > MESSAGE_BYTES_MAX) throw new BadBytes(`a message of ${length} bytes`);
  return length - LENGTH_BYTES;
}
