/** The ids of a conversation: the same at every place, whichever mechanism saw it. */
import { hash, xxHash64 } from './xxhash64.ts';

/** The two ends in order, as an observation has them. Addresses: the first 4 or 16 bytes count. */
export interface Ends {
  readonly family: number;
  readonly protocol: number;
  readonly lo: Uint8Array;
  readonly hi: Uint8Array;
  readonly loPort: number;
  readonly hiPort: number;
  readonly icmpClass: number;
  readonly icmpCode: number;
  readonly icmpId: number;
  readonly loMac: Uint8Array;
  readonly hiMac: Uint8Array;
  /** Of the outside of a VXLAN or Geneve tunnel its destination port, else 0: its source ports are entropy. */
  readonly tunnelPort: number;
  readonly networkId: number;
}

/** 64 bits, unsigned halves. */
export interface Word64 {
  readonly high: number;
  readonly low: number;
}

/** The conversation from layer 3 up (without one: its MACs). The result stands in `hash`. */
export function trackingId(ends: Ends): void {
  xxHash64(input, innermost(ends));
}

/** The same with MACs: tells apart what a router has passed on. */
export function l2TrackingId(ends: Ends): void {
  let size = innermost(ends);
  if (ends.family !== 0) size = macs(ends, size);
  xxHash64(input, size);
}

/** The conversation within its source; `linkId` only where MACs and VLANs tell conversations apart (layer key mode L2). */
export function conversationKey(tracking: Word64, parent: Word64, ends: Ends, linkId: Word64 | undefined): void {
  let size = word64(word64(0, tracking.high, tracking.low), parent.high, parent.low);
  if (linkId) {
    size = word64(bytes(bytes(size, ends.loMac, 6), ends.hiMac, 6), linkId.high, linkId.low);
  }
  xxHash64(input, size);
}

/** One flow at one place. `place`: TID of the node, then the UUID of the capture. */
export function flowUuid(key: Word64, startMs: number, place: Uint8Array): void {
  const ms = Math.floor(startMs);
  const size = word64(0, Math.floor(ms / 0x1_0000_0000), ms % 0x1_0000_0000);
  const all = input.length >= size + place.length ? input : new Uint8Array(size + place.length);
  if (all !== input) all.set(input.subarray(0, size));
  all.set(place, size);
  xxHash64(all, size + place.length, key.high, key.low);
}

export const protocols = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;

/** Numbers of endpoint types, as Skydive hashes them after each pair of addresses. */
const endpoint = { none: 0, ipv4: 1, ipv6: 2, ethernet: 3, tcp: 4, udp: 5, sctp: 6 } as const;

const transportEndpoint: Readonly<Record<number, number>> = {
  [protocols.tcp]: endpoint.tcp,
  [protocols.udp]: endpoint.udp,
  [protocols.sctp]: endpoint.sctp,
};

const input = new Uint8Array(256);

function innermost(ends: Ends): number {
  if (ends.family === 0) return macs(ends, 0);
  const addressSize = ends.family === 4 ? 4 : 16;
  let size = bytes(bytes(0, ends.lo, addressSize), ends.hi, addressSize);
  size = word64(size, 0, ends.family === 4 ? endpoint.ipv4 : endpoint.ipv6);
  const transport = transportEndpoint[ends.protocol];
  if (ends.tunnelPort !== 0) {
    size = word32(size, ends.networkId);
    size = word16(size, ends.tunnelPort);
    size = word64(size, 0, endpoint.none);
  } else if (transport !== undefined) {
    size = word16(word16(size, ends.loPort), ends.hiPort);
    size = word64(size, 0, transport);
  } else if (ends.protocol === protocols.icmp || ends.protocol === protocols.icmpv6) {
    size = word32(size, (ends.icmpClass << 24) | (ends.icmpCode << 16) | ends.icmpId);
    size = word64(size, 0, endpoint.none);
  } else {
    input[size] = ends.protocol;
    size = word64(size + 1, 0, endpoint.none);
  }
  return size;
}

function macs(ends: Ends, at: number): number {
  return word64(bytes(bytes(at, ends.loMac, 6), ends.hiMac, 6), 0, endpoint.ethernet);
}

/** A loop, since for a few bytes `set` costs more than they do. */
function bytes(at: number, from: Uint8Array, size: number): number {
  for (let i = 0; i < size; i++) input[at + i] = from[i] as number;
  return at + size;
}

function word16(at: number, value: number): number {
  input[at] = value >>> 8;
  input[at + 1] = value;
  return at + 2;
}

function word32(at: number, value: number): number {
  return word16(word16(at, value >>> 16), value);
}

function word64(at: number, high: number, low: number): number {
  return word32(word32(at, high), low);
}

/** For who keeps it. */
export function takeHash(): Word64 {
  return { high: hash.high, low: hash.low };
}
