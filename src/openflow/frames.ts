/** Messages out of a stream: each says its length, of two bytes, in its header (OpenFlow 1.5 §7.1.1). */
export interface Message {
  readonly version: number;
  readonly type: number;
  readonly xid: number;
  /** Without the header. */
  readonly body: Buffer;
}

export const HEADER_BYTES = 8;

export class Frames {
  #parts: Buffer[] = [];
  #bytes = 0;

  /** Holds no more than one message that is not whole, of at most 65,535 bytes. Throws when a length cannot be. */
  *push(data: Buffer): Iterable<Message> {
    this.#parts.push(data);
    this.#bytes += data.length;
    if (this.#bytes < HEADER_BYTES) return;
    // Joined only when the first message is whole: a long one comes in many pieces.
    const first = this.#parts[0] as Buffer;
    const head = first.length >= HEADER_BYTES ? first : this.#join();
    if (this.#bytes < lengthOf(head, 0)) return;
    const all = this.#join();
    let at = 0;
    while (at + HEADER_BYTES <= all.length) {
      const length = lengthOf(all, at);
      if (at + length > all.length) break;
      yield {
        version: all.readUInt8(at),
        type: all.readUInt8(at + 1),
        xid: all.readUInt32BE(at + 4),
        body: all.subarray(at + HEADER_BYTES, at + length),
      };
      at += length;
    }
    // A copy: the rest must not hold what was read already.
    const rest = Buffer.from(all.subarray(at));
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#bytes = rest.length;
  }

  #join(): Buffer {
    const all = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts = [all];
    return all;
  }
}

function lengthOf(bytes: Buffer, at: number): number {
  const length = bytes.readUInt16BE(at + 2);
  if (length < HEADER_BYTES) throw new Error(`a message of OpenFlow says that it has ${length} bytes`);
  return length;
}

export function frame(version: number, type: number, xid: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt8(version, 0);
  head.writeUInt8(type, 1);
  head.writeUInt16BE(HEADER_BYTES + body.length, 2);
  head.writeUInt32BE(xid, 4);
  return Buffer.concat([head, body]);
}
