/** Which drops are of those who are watched. */
import { parseAddress } from '../std/address.ts';
import { mistake } from '../std/mistake.ts';
import type { Drop, WatchedPackets } from './drops.ts';
import { inV6, keyOf } from './record.ts';

/** What is watched, as the kernel's program is told of it. */
export interface Watched {
  /** Two addresses of 16 bytes, the smaller one first, or one and zeros. */
  readonly who: Uint8Array;
  readonly key: string;
  /** One end, as a text of 16 bytes. */
  readonly a: string;
  readonly packets: WatchedPackets;
}

/** Throws a Mistake for what is no address. */
export function watchedOf(packets: WatchedPackets): Watched {
  const a = bytesOf(packets.a);
  const b = packets.b === undefined ? ANYBODY : bytesOf(packets.b);
  const who = new Uint8Array(2 * a.length);
  const isLo = packets.b === undefined || Buffer.compare(a, b) <= 0;
  who.set(isLo ? a : b);
  who.set(isLo ? b : a, a.length);
  return { who, key: keyOf(who), a: keyOf(a), packets };
}

/** The keys under which a drop may be watched, by its addresses as 16 bytes in a text each. */
export function keysOf(from: string, to: string): readonly string[] {
  return [from <= to ? from + to : to + from, from + ANYBODY_TEXT, to + ANYBODY_TEXT];
}

/** A drop with its addresses as 16 bytes in a text each. */
export interface Addressed {
  readonly drop: Drop;
  readonly from: string;
  readonly to: string;
}

/** What has no ports, and what is said of such packets, is theirs all the same. */
export function isOf({ drop: { tuple }, from, to }: Addressed, { key, a, packets }: Watched): boolean {
  if (!keysOf(from, to).includes(key)) return false;
  const { protocol, aPort, bPort, icmpId } = packets;
  if (tuple.protocol === ARP || isAboutOthers(tuple)) return true;
  if (protocol !== undefined && tuple.protocol !== protocol) return false;
  if (icmpId !== undefined && tuple.icmp !== undefined && tuple.icmp.id !== icmpId) return false;
  const { fromPort, toPort } = tuple;
  if (fromPort === undefined || toPort === undefined) return true;
  const fits = (its: number, other: number) => (aPort ?? its) === its && (bPort ?? other) === other;
  return (from === a && fits(fromPort, toPort)) || (to === a && fits(toPort, fromPort));
}

const ARP = 0;
const ICMP = 1;
const ICMPV6 = 58;
/** Unreachable, time exceeded, parameter problem (RFC 792); of ICMPv6 all below 128 (RFC 4443). */
const V4_ERRORS = [3, 11, 12];
const V6_ERRORS_BELOW = 128;

function isAboutOthers({ protocol, icmp }: Drop['tuple']): boolean {
  if (icmp === undefined) return false;
  return protocol === ICMP ? V4_ERRORS.includes(icmp.type) : protocol === ICMPV6 && icmp.type < V6_ERRORS_BELOW;
}

const ANYBODY = new Uint8Array(16);
const ANYBODY_TEXT = keyOf(ANYBODY);

function bytesOf(address: string): Uint8Array {
  const found = parseAddress(address);
  if (found) return inV6(found.bytes);
  throw mistake('drops.address', `${address} is no IP address`, '192.0.2.1, 2001:db8::1');
}
