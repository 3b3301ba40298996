/** Datagrams of UDP (RFC 768; over IPv6 RFC 8200 §8.1). */
import { checksum, pseudoHeaderSum } from './checksum.ts';

export interface Between {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export const UDP = 17;
export const UDP_BYTES = 8;

export function udp(between: Between, payload: Uint8Array): Uint8Array {
  const datagram = new Uint8Array(UDP_BYTES + payload.length);
  const view = new DataView(datagram.buffer);
  view.setUint16(0, between.sourcePort);
  view.setUint16(2, between.destinationPort);
  view.setUint16(4, datagram.length);
  datagram.set(payload, UDP_BYTES);
  const sum = checksum(datagram, pseudoHeaderSum({ ...between, protocol: UDP, length: datagram.length }));
  // 0 would say that there is none.
  view.setUint16(6, sum === 0 ? 0xffff : sum);
  return datagram;
}
