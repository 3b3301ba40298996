/** Drops as the kernel's program tells them: structs drop_record of bpf/drops_watch.h, 88 bytes each. */
import { ipText } from '../std/addresstext.ts';
import type { Drop, DropTuple } from './drops.ts';
import type { Addressed } from './matching.ts';

export const RECORD_BYTES = 88;

/** What a record needs to be understood. */
export interface Meanings {
  readonly host: string;
  readonly reason: (number: number) => string;
  readonly symbol: (location: bigint) => string;
}

/** What is behind the last whole record is left out. */
export function* readDrops(records: Uint8Array, meanings: Meanings): Generator<Addressed> {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  for (let at = 0; at + RECORD_BYTES <= records.length; at += RECORD_BYTES) {
    const from = records.subarray(at + AT.from, at + AT.from + ADDRESS_BYTES);
    const to = records.subarray(at + AT.to, at + AT.to + ADDRESS_BYTES);
    yield { drop: dropOf(view, at, meanings, from, to), from: keyOf(from), to: keyOf(to) };
  }
}

export function keyOf(address: Uint8Array): string {
  return Buffer.from(address.buffer, address.byteOffset, address.length).toString('latin1');
}

/** IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
export function inV6(bytes: Uint8Array): Uint8Array {
  if (bytes.length === ADDRESS_BYTES) return bytes;
  const mapped = new Uint8Array(ADDRESS_BYTES);
  mapped.fill(0xff, 10, 12);
  mapped.set(bytes, 12);
  return mapped;
}

const ADDRESS_BYTES = 16;
const AT = {
  time: 0,
  location: 8,
  netns: 16,
  inode: 24,
  ifIndex: 28,
  inIfIndex: 32,
  reason: 36,
  length: 40,
  what: 44,
  protocol: 45,
  ttl: 46,
  tcpFlags: 47,
  fromNumber: 48,
  toNumber: 50,
  from: 56,
  to: 72,
};
const LITTLE = true;
const NUMBERED = 1;
const ARP = 2;
const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;

function dropOf(view: DataView, at: number, its: Meanings, from: Uint8Array, to: Uint8Array): Drop {
  const timeNs = view.getBigUint64(at + AT.time, LITTLE);
  const cookie = view.getBigUint64(at + AT.netns, LITTLE);
  const ifIndex = view.getUint32(at + AT.ifIndex, LITTLE);
  const inIfIndex = view.getUint32(at + AT.inIfIndex, LITTLE);
  const inode = view.getUint32(at + AT.inode, LITTLE);
  const symbol = its.symbol(view.getBigUint64(at + AT.location, LITTLE));
  return {
    host: its.host,
    timeNs: `${timeNs}`,
    timeMs: Number(timeNs) / 1e6,
    reason: its.reason(view.getUint32(at + AT.reason, LITTLE)),
    ...(symbol !== '' && { symbol }),
    ...(cookie !== 0n && { cookie: `${cookie}` }),
    ...(inode !== 0 && { inode }),
    ...(ifIndex !== 0 && { ifIndex }),
    direction: inIfIndex === 0 ? 'out' : inIfIndex === ifIndex ? 'in' : 'forward',
    ...(inIfIndex !== 0 && inIfIndex !== ifIndex && { inIfIndex }),
    length: view.getUint32(at + AT.length, LITTLE),
    tuple: tupleOf(view, at, from, to),
  };
}

function tupleOf(view: DataView, at: number, from: Uint8Array, to: Uint8Array): DropTuple {
  const what = view.getUint8(at + AT.what);
  const protocol = view.getUint8(at + AT.protocol);
  const ends = { from: textOf(from), to: textOf(to), protocol };
  if ((what & ARP) !== 0) return ends;
  const ttl = view.getUint8(at + AT.ttl);
  if ((what & NUMBERED) === 0) return { ...ends, ttl };
  const first = view.getUint16(at + AT.fromNumber, LITTLE);
  const second = view.getUint16(at + AT.toNumber, LITTLE);
  if (protocol === ICMP || protocol === ICMPV6)
    return { ...ends, icmp: { type: first >> 8, code: first & 0xff, id: second }, ttl };
  const flags = protocol === TCP ? { tcpFlags: view.getUint8(at + AT.tcpFlags) } : {};
  return { ...ends, fromPort: first, toPort: second, ...flags, ttl };
}

function textOf(address: Uint8Array): string {
  return ipText(isMapped(address) ? address.subarray(12) : address);
}

function isMapped(address: Uint8Array): boolean {
  return address[10] === 0xff && address[11] === 0xff && address.subarray(0, 10).every((byte) => byte === 0);
}
