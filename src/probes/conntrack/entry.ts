/**
 * Entries of connection tracking as the kernel tells them. A cursor over a batch that makes no object for each, as there
 * are hundreds of thousands: what is asked of one is read when it is asked. What is too short reads as zero; what is cut
 * off ends the walk. Nothing throws on bytes from outside.
 */
import type { Tuple } from '../../ends/translation.ts';
import { CT, CTA, IPS, NFGEN_SIZE } from '../../native/ctnetlink.ts';
import { HEADER_BYTES, LITTLE } from '../../native/nlmsg.ts';
import { ipText } from '../../std/addresstext.ts';

const ATTRIBUTE_HEADER = 4;
const TYPE_MASK = 0x3fff;
export const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;

const PORTS = 65_536;

/** `10.0.0.1:80`, `[fd00::1]:80`. */
export function destinationText(destination: number | string): string {
  if (typeof destination === 'string') return destination;
  const address = Math.floor(destination / PORTS);
  const bytes = [address >>> 24, (address >>> 16) & 0xff, (address >>> 8) & 0xff, address & 0xff];
  return `${bytes.join('.')}:${destination % PORTS}`;
}

/** Where attributes lie: 0 is nowhere, as a message begins with its header. */
interface Range {
  at: number;
  end: number;
}

export class Entries {
  /** An entry that came, or is; one that went otherwise. */
  isThere = false;
  status = 0;
  /** CTA_ID; 0 where it is missing. */
  id = 0;
  zone = 0;
  /** When it began, epoch ms; 0 unless net.netfilter.nf_conntrack_timestamp is set. */
  since = 0;
  /** IANA number. */
  protocol = 0;
  /** enum tcp_conntrack; 0 of what is not TCP. */
  tcpState = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #next = 0;
  readonly #original: Range = { at: 0, end: 0 };
  readonly #reply: Range = { at: 0, end: 0 };

  constructor(batch: Uint8Array) {
    this.#bytes = batch;
    this.#view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  }

  /** The next entry; messages of other types are passed over. */
  next(): boolean {
    const { length } = this.#bytes;
    while (length - this.#next >= HEADER_BYTES) {
      const from = this.#next;
      const size = this.#view.getUint32(from, LITTLE);
      if (size < HEADER_BYTES || size > length - from) return false;
      this.#next = from + ((size + 3) & ~3);
      const type = this.#view.getUint16(from + 4, LITTLE);
      if ((type !== CT.entry && type !== CT.delete) || size < HEADER_BYTES + NFGEN_SIZE) continue;
      this.isThere = type === CT.entry;
      this.#read(from + HEADER_BYTES + NFGEN_SIZE, from + size);
      return true;
    }
    return false;
  }

  get isTranslated(): boolean {
    return (this.status & IPS.nat) !== 0;
  }

  /** As the one who began sent it. */
  original(): Tuple {
    return this.#tuple(this.#original);
  }

  reply(): Tuple {
    return this.#tuple(this.#reply);
  }

  /** Where the one who began wants to go: of IPv4 a number, cheaper to count by; see destinationText. '' where it is not told. */
  destination(): number | string {
    const { at, end } = this.#original;
    const addresses = at === 0 ? 0 : this.#find(at, end, 1);
    const ports = at === 0 ? 0 : this.#find(at, end, 2);
    if (addresses === 0 || ports === 0) return '';
    const port = this.#port(ports, this.#endOf(ports), 3);
    const to = this.#endOf(addresses);
    const four = this.#find(addresses, to, 2);
    if (four !== 0) return this.#endOf(four) - four === 4 ? this.#view.getUint32(four) * PORTS + port : '';
    const six = this.#address(addresses, to, 4);
    return six === '' ? '' : `[${six}]:${port}`;
  }

  #read(from: number, end: number): void {
    const view = this.#view;
    this.status = this.id = this.zone = this.since = this.tcpState = this.protocol = 0;
    this.#original.at = this.#reply.at = 0;
    let info = 0;
    let infoEnd = 0;
    for (let at = from; at + ATTRIBUTE_HEADER <= end; ) {
      const length = view.getUint16(at, LITTLE);
      if (length < ATTRIBUTE_HEADER || at + length > end) break;
      const value = at + ATTRIBUTE_HEADER;
      const size = length - ATTRIBUTE_HEADER;
      switch (view.getUint16(at + 2, LITTLE) & TYPE_MASK) {
        case CTA.original:
          this.#original.at = value;
          this.#original.end = at + length;
          break;
        case CTA.reply:
          this.#reply.at = value;
          this.#reply.end = at + length;
          break;
        case CTA.status:
          if (size >= 4) this.status = view.getUint32(value);
          break;
        case CTA.protocolInfo:
          info = value;
          infoEnd = at + length;
          break;
        case CTA.id:
          if (size >= 4) this.id = view.getUint32(value);
          break;
        case CTA.zone:
          if (size >= 2) this.zone = view.getUint16(value);
          break;
        case CTA.timestamp:
          this.since = this.#began(value, at + length);
          break;
      }
      at += (length + 3) & ~3;
    }
    this.#readOriginal();
    if (this.protocol === TCP && info !== 0) this.tcpState = this.#state(info, infoEnd);
  }

  /** Its protocol, and its zone where it has one in one direction alone (CTA_TUPLE_ZONE). */
  #readOriginal(): void {
    const { at, end } = this.#original;
    if (at === 0) return;
    const protocol = this.#find(at, end, 2);
    const number = protocol === 0 ? 0 : this.#find(protocol, this.#endOf(protocol), 1);
    if (number !== 0 && this.#endOf(number) > number) this.protocol = this.#view.getUint8(number);
    if (this.zone !== 0) return;
    for (const range of [this.#original, this.#reply]) {
      const zone = range.at === 0 ? 0 : this.#find(range.at, range.end, 3);
      if (zone !== 0 && this.#endOf(zone) - zone >= 2) this.zone = this.#view.getUint16(zone);
    }
  }

  /** CTA_PROTOINFO_TCP, in it CTA_PROTOINFO_TCP_STATE. */
  #state(info: number, end: number): number {
    const tcp = this.#find(info, end, 1);
    const state = tcp === 0 ? 0 : this.#find(tcp, this.#endOf(tcp), 1);
    return state !== 0 && this.#endOf(state) > state ? this.#view.getUint8(state) : 0;
  }

  /** CTA_TIMESTAMP_START, ns. */
  #began(from: number, end: number): number {
    const start = this.#find(from, end, 1);
    if (start === 0 || this.#endOf(start) - start < 8) return 0;
    return Math.floor(Number(this.#view.getBigUint64(start) / 1_000_000n));
  }

  /** Where the value of an attribute begins; 0 when it is not there. */
  #find(from: number, end: number, type: number): number {
    for (let at = from; at + ATTRIBUTE_HEADER <= end; ) {
      const length = this.#view.getUint16(at, LITTLE);
      if (length < ATTRIBUTE_HEADER || at + length > end) return 0;
      if ((this.#view.getUint16(at + 2, LITTLE) & TYPE_MASK) === type) return at + ATTRIBUTE_HEADER;
      at += (length + 3) & ~3;
    }
    return 0;
  }

  /** Of an attribute whose value begins there, which #find gave: so it is within what it is part of. */
  #endOf(value: number): number {
    return value - ATTRIBUTE_HEADER + this.#view.getUint16(value - ATTRIBUTE_HEADER, LITTLE);
  }

  #tuple({ at, end }: Range): Tuple {
    const tuple = { protocol: this.protocol, source: '', sourcePort: 0, destination: '', destinationPort: 0 };
    if (at === 0) return tuple;
    const addresses = this.#find(at, end, 1);
    if (addresses !== 0) {
      const to = this.#endOf(addresses);
      tuple.source = this.#address(addresses, to, 1) || this.#address(addresses, to, 3);
      tuple.destination = this.#address(addresses, to, 2) || this.#address(addresses, to, 4);
    }
    const ports = this.#find(at, end, 2);
    if (ports === 0) return tuple;
    const to = this.#endOf(ports);
    if (this.protocol === ICMP || this.protocol === ICMPV6) {
      tuple.sourcePort = tuple.destinationPort = this.#port(ports, to, this.protocol === ICMP ? 4 : 7);
    } else {
      tuple.sourcePort = this.#port(ports, to, 2);
      tuple.destinationPort = this.#port(ports, to, 3);
    }
    return tuple;
  }

  #address(from: number, end: number, type: number): string {
    const value = this.#find(from, end, type);
    return value === 0 ? '' : ipText(this.#bytes.subarray(value, this.#endOf(value)));
  }

  #port(from: number, end: number, type: number): number {
    const value = this.#find(from, end, type);
    return value !== 0 && this.#endOf(value) - value >= 2 ? this.#view.getUint16(value) : 0;
  }
}
