/** Packets of a given size: what follows the headers of IP and UDP or ICMP, filled up. */
import { mistake } from '../std/mistake.ts';

/** Of UDP and of ICMP alike. */
const HEADER_BYTES = 8;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const PACKET_BYTES_MAX = 65_535;

export function sized(payload: Uint8Array, { size, family }: { readonly size: number; readonly family: 4 | 6 }) {
  const headers = HEADER_BYTES + (family === 4 ? IPV4_BYTES : IPV6_BYTES);
  const least = headers + payload.length;
  if (!Number.isInteger(size) || size < least || size > PACKET_BYTES_MAX)
    throw mistake(
      'dial.size',
      `a packet of ${size} bytes cannot be sent`,
      `a whole number from ${least}, its headers and payload, to ${PACKET_BYTES_MAX}`,
    );
  const filled = new Uint8Array(size - headers);
  filled.set(payload);
  return filled;
}
