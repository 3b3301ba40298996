/** Packets of IPv4 (RFC 791) and IPv6 (RFC 8200), without options and extension headers. */
import { checksum } from './checksum.ts';

export interface IpHeader {
  /** 4 or 16 bytes each, which says the version. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** IANA number of what is inside. */
  readonly protocol: number;
  /** Hop limit in IPv6. */
  readonly ttl: number;
  /** Of IPv4 (RFC 6864); 0 is filled in by the kernel where the stack sends it. */
  readonly identification: number;
}

export function ipHeaderBytes(address: Uint8Array): number {
  return address.length === 4 ? IPV4_BYTES : IPV6_BYTES;
}

/** They may not be fragmented: one that is too large is to be told of. */
export function ip(header: IpHeader, payload: Uint8Array): Uint8Array {
  return header.source.length === 4 ? ipv4(header, payload) : ipv6(header, payload);
}

const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const DONT_FRAGMENT = 0x4000;

function ipv4({ source, destination, protocol, ttl, identification }: IpHeader, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(IPV4_BYTES + payload.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x45; // version 4, five words of header
  view.setUint16(2, packet.length);
  view.setUint16(4, identification);
  view.setUint16(6, DONT_FRAGMENT);
  packet[8] = ttl;
  packet[9] = protocol;
  packet.set(source, 12);
  packet.set(destination, 16);
  view.setUint16(10, checksum(packet.subarray(0, IPV4_BYTES)));
  packet.set(payload, IPV4_BYTES);
  return packet;
}

function ipv6({ source, destination, protocol, ttl }: IpHeader, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(IPV6_BYTES + payload.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x60;
  view.setUint16(4, payload.length);
  packet[6] = protocol;
  packet[7] = ttl;
  packet.set(source, 8);
  packet.set(destination, 24);
  packet.set(payload, IPV6_BYTES);
  return packet;
}
