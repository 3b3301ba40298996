/** Reading observations: a cursor over a buffer of them, which was filled outside and is believed in nothing. */
import { dropLayout, flag, ipLayout, layout, part, payloadLayout, tcpLayout } from './layout.ts';

export class ObservationReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the current one starts; its parts, -1 for what it has not. */
  at = 0;
  tcpAt = -1;
  ipAt = -1;
  payloadAt = -1;
  dropAt = -1;
  /** Bytes that could not be read, because a size or a part cannot be: nothing follows them. */
  unreadBytes = 0;
  #next = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Moves on to the next one; false at the end. */
  next(): boolean {
    const at = this.#next;
    const left = this.bytes.length - at;
    if (left === 0) return false;
    const size = left < layout.fixedBytes ? 0 : this.view.getUint16(at + layout.size, true);
    if (size < layout.fixedBytes || size > left || size % 8 !== 0 || !this.#findParts(at, at + size)) {
      this.unreadBytes = left;
      this.#next = this.bytes.length;
      return false;
    }
    this.at = at;
    this.#next = at + size;
    return true;
  }

  get flags(): number {
    return this.bytes[this.at + layout.flags] as number;
  }

  get source(): number {
    return this.view.getUint32(this.at + layout.source, true);
  }

  get isFactsOnly(): boolean {
    return (this.flags & flag.factsOnly) !== 0;
  }

  byte(offset: number): number {
    return this.bytes[this.at + offset] as number;
  }

  uint16(offset: number): number {
    return this.view.getUint16(this.at + offset, true);
  }

  uint32(offset: number): number {
    return this.view.getUint32(this.at + offset, true);
  }

  /** Counters and times: what is no number, negative or endless is 0. */
  number(offset: number): number {
    return finite(this.view.getFloat64(this.at + offset, true));
  }

  tcpTime(offset: number, end: 0 | 1): number {
    return finite(this.view.getFloat64(this.tcpAt + offset + end * 8, true));
  }

  tcpCount(offset: number, end: 0 | 1): number {
    return this.view.getUint32(this.tcpAt + offset + end * 4, true);
  }

  /** The first payloads; a head that cannot be ends them. The bytes are copies. */
  *payloads(): Generator<{ ms: number; fromHi: boolean; sequence: number; bytes: Uint8Array }> {
    if (this.payloadAt < 0) return;
    const { view, payloadAt } = this;
    const count = view.getUint32(payloadAt + payloadLayout.count, true);
    let at = payloadAt + 8;
    const end = at + view.getUint32(payloadAt + payloadLayout.size, true);
    for (let i = 0; i < count && at + payloadLayout.headBytes <= end; i++) {
      const from = at + payloadLayout.headBytes;
      const size = view.getUint16(at + payloadLayout.payloadSize, true);
      if (from + size > end) return;
      yield {
        ms: finite(view.getFloat64(at + payloadLayout.ms, true)),
        fromHi: view.getUint16(at + payloadLayout.fromHi, true) !== 0,
        sequence: view.getUint32(at + payloadLayout.sequence, true),
        bytes: this.bytes.slice(from, from + size),
      };
      at = from + padded(size);
    }
  }

  /** Reason (enum skb_drop_reason) and packets. */
  *drops(): Generator<[reason: number, packets: number]> {
    if (this.dropAt < 0) return;
    const count = this.view.getUint32(this.dropAt + dropLayout.count, true);
    for (let i = 0; i < count; i++) {
      const at = this.dropAt + dropLayout.headBytes + i * dropLayout.pairBytes;
      yield [this.view.getUint32(at + dropLayout.reason, true), this.view.getUint32(at + dropLayout.packets, true)];
    }
  }

  #findParts(start: number, end: number): boolean {
    const parts = this.bytes[start + layout.parts] as number;
    let at = start + layout.fixedBytes;
    this.tcpAt = this.ipAt = this.payloadAt = this.dropAt = -1;
    if (parts & part.tcp) {
      this.tcpAt = at;
      at += tcpLayout.bytes;
    }
    if (parts & part.ip) {
      this.ipAt = at;
      at += ipLayout.bytes;
    }
    if (parts & part.payload) {
      if (at + 8 > end) return false;
      this.payloadAt = at;
      at += 8 + padded(this.view.getUint32(at + payloadLayout.size, true));
    }
    if (parts & part.drops) {
      if (at + dropLayout.headBytes > end) return false;
      this.dropAt = at;
      at += dropLayout.headBytes + this.view.getUint32(at + dropLayout.count, true) * dropLayout.pairBytes;
    }
    return at <= end;
  }
}

export function padded(size: number): number {
  return Math.ceil(size / 8) * 8;
}

function finite(value: number): number {
  return value > 0 && value <= Number.MAX_SAFE_INTEGER ? value : 0;
}
