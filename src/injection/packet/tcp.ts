/** A TCP segment that opens a connection (RFC 9293 §3.1): SYN, with a maximum segment size and what payload there is. */
import { checksum, pseudoHeaderSum } from './checksum.ts';
import type { Between } from './udp.ts';

export const TCP = 6;
/** With the option for the maximum segment size. */
export const TCP_BYTES = 24;
export const tcpFlag = { fin: 1, syn: 2, reset: 4, ack: 16 } as const;

const MSS_OPTION = Uint8Array.of(2, 4, 1460 >> 8, 1460 & 0xff);
const WINDOW = 64_240;

export function tcpSyn(between: Between & { readonly sequence: number }, payload: Uint8Array): Uint8Array {
  const segment = new Uint8Array(TCP_BYTES + payload.length);
  const view = new DataView(segment.buffer);
  view.setUint16(0, between.sourcePort);
  view.setUint16(2, between.destinationPort);
  view.setUint32(4, between.sequence);
  segment[12] = (TCP_BYTES / 4) << 4;
  segment[13] = tcpFlag.syn;
  view.setUint16(14, WINDOW);
  segment.set(MSS_OPTION, 20);
  segment.set(payload, TCP_BYTES);
  view.setUint16(16, checksum(segment, pseudoHeaderSum({ ...between, protocol: TCP, length: segment.length })));
  return segment;
}
