/** Questions for the hardware address of a neighbour, and their answers: ARP (RFC 826), Neighbor Discovery (RFC 4861 §4.3, §4.4). */
import { checksum, pseudoHeaderSum } from './checksum.ts';
import { ethernet, ethertype } from './ethernet.ts';
import { ICMPV6 } from './icmp.ts';
import { ip } from './ip.ts';

export interface NeighbourQuestion {
  readonly sourceMac: Uint8Array;
  /** Of the family of `target`. */
  readonly source: Uint8Array;
  readonly target: Uint8Array;
}

/** The frame that asks. */
export function neighbourQuestion(question: NeighbourQuestion): Uint8Array {
  return question.target.length === 4 ? arpRequest(question) : solicitation(question);
}

/** From the network layer on; undefined of what is no answer to it. */
export function neighbourAnswer(packet: Uint8Array, target: Uint8Array): Uint8Array | undefined {
  return target.length === 4 ? arpReply(packet, target) : advertisement(packet, target);
}

const ARP_BYTES = 28;
const REQUEST = 1;
const REPLY = 2;

function arpRequest({ sourceMac, source, target }: NeighbourQuestion): Uint8Array {
  const body = new Uint8Array(ARP_BYTES);
  // Ethernet, IPv4, and the lengths of their addresses.
  body.set([0, 1, 8, 0, 6, 4, 0, REQUEST]);
  body.set(sourceMac, 8);
  body.set(source, 14);
  body.set(target, 24);
  return ethernet({ source: sourceMac, destination: new Uint8Array(6).fill(0xff), type: ethertype.arp }, body);
}

function arpReply(packet: Uint8Array, target: Uint8Array): Uint8Array | undefined {
  if (packet.length < ARP_BYTES || packet[7] !== REPLY) return undefined;
  return isSame(packet.subarray(14, 18), target) ? packet.slice(8, 14) : undefined;
}

const SOLICITATION = 135;
const ADVERTISEMENT = 136;
const SOURCE_LINK_OPTION = 1;
const TARGET_LINK_OPTION = 2;
/** Who counts hops is not on the link (RFC 4861 §7.1.1). */
const HOPS = 255;

/** To the group of all whose address ends alike (RFC 4291 §2.7.1). */
function solicitation({ sourceMac, source, target }: NeighbourQuestion): Uint8Array {
  const group = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, ...target.subarray(13));
  const body = new Uint8Array(32);
  body[0] = SOLICITATION;
  body.set(target, 8);
  body.set([SOURCE_LINK_OPTION, 1], 24);
  body.set(sourceMac, 26);
  const sum = checksum(body, pseudoHeaderSum({ source, destination: group, protocol: ICMPV6, length: body.length }));
  new DataView(body.buffer).setUint16(2, sum);
  const header = { source, destination: group, protocol: ICMPV6, ttl: HOPS, identification: 0 };
  const destination = Uint8Array.of(0x33, 0x33, ...group.subarray(12));
  return ethernet({ source: sourceMac, destination, type: ethertype.ipv6 }, ip(header, body));
}

function advertisement(packet: Uint8Array, target: Uint8Array): Uint8Array | undefined {
  const message = packet.subarray(40);
  if (packet[6] !== ICMPV6 || packet[7] !== HOPS || message.length < 24 || message[0] !== ADVERTISEMENT)
    return undefined;
  if (!isSame(message.subarray(8, 24), target)) return undefined;
  // Options are a type and a length in units of eight bytes (RFC 4861 §4.6).
  for (let at = 24; at + 8 <= message.length; ) {
    const size = (message[at + 1] ?? 0) * 8;
    if (size === 0) return undefined;
    if (message[at] === TARGET_LINK_OPTION) return message.slice(at + 2, at + 8);
    at += size;
  }
  return undefined;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
