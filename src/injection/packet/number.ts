/**
 * The number of a packet in a payload of ours, in front of random bytes that say that it is: UDP has no number of its
 * own, and over IPv6 neither has its packet. ICMPv6 errors give back what fits into 1280 bytes (RFC 4443 §2.4), services
 * that echo all of it.
 */

/** `payload` with its number. As it is when it is too short for that. */
export function numbered(payload: Uint8Array, index: number): Uint8Array {
  if (payload.length < NUMBERED_BYTES) return payload;
  const bytes = payload.slice();
  viewOf(bytes).setUint32(0, index);
  return bytes;
}

/** Undefined when it is none of ours: `payload` is what all of them begin with. */
export function numberIn(bytes: Uint8Array, payload: Uint8Array): number | undefined {
  if (bytes.length < NUMBERED_BYTES || payload.length < NUMBERED_BYTES) return undefined;
  for (let at = NUMBER_BYTES; at < NUMBERED_BYTES; at++) if (bytes[at] !== payload[at]) return undefined;
  return viewOf(bytes).getUint32(0);
}

const NUMBER_BYTES = 4;
/** With the random ones. */
const NUMBERED_BYTES = 16;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
