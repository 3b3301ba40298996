/** Requests for an echo: ICMP (RFC 792) and ICMPv6 (RFC 4443 §4.1). */
import { checksum, pseudoHeaderSum } from './checksum.ts';

export const ICMP = 1;
export const ICMPV6 = 58;
export const ICMP_BYTES = 8;
export const icmpType = {
  echoReply: 0,
  unreachable: 3,
  quench: 4,
  redirect: 5,
  echo: 8,
  exceeded: 11,
  problem: 12,
} as const;
export const icmp6Type = { unreachable: 1, tooBig: 2, exceeded: 3, problem: 4, echo: 128, echoReply: 129 } as const;

export interface EchoRequest {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly id: number;
  readonly sequence: number;
}

export function echoRequest({ source, destination, id, sequence }: EchoRequest, payload: Uint8Array): Uint8Array {
  const isV4 = source.length === 4;
  const message = new Uint8Array(ICMP_BYTES + payload.length);
  const view = new DataView(message.buffer);
  message[0] = isV4 ? icmpType.echo : icmp6Type.echo;
  view.setUint16(4, id);
  view.setUint16(6, sequence);
  message.set(payload, ICMP_BYTES);
  const pseudo = { source, destination, protocol: ICMPV6, length: message.length };
  view.setUint16(2, checksum(message, isV4 ? 0 : pseudoHeaderSum(pseudo)));
  return message;
}
