/** What one side of a TCP connection said first: its payloads put in order by sequence number, as far as there is no gap. */
import type { Payload } from './application.ts';

/** More of a stream is never looked at. */
export const streamBytesMax = 16_384;

export function streamOf(payloads: readonly Payload[], fromHi: boolean): Uint8Array {
  const pieces = payloads.filter((payload) => payload.fromHi === fromHi && payload.bytes.length > 0);
  const [first] = pieces;
  if (!first) return new Uint8Array();
  if (pieces.length === 1) return first.bytes.subarray(0, streamBytesMax);
  // Sequence numbers wrap: their distance is a signed 32-bit number.
  const placed = pieces.map(({ bytes, sequence }) => ({ bytes, from: (sequence - first.sequence) | 0 }));
  placed.sort((one, other) => one.from - other.from);
  const start = placed[0]?.from ?? 0;
  const out = new Uint8Array(streamBytesMax);
  let length = 0;
  for (const { bytes, from } of placed) {
    const known = start + length - from;
    if (known < 0) break;
    const fresh = bytes.subarray(known, known + streamBytesMax - length);
    out.set(fresh, length);
    length += fresh.length;
  }
  return out.subarray(0, length);
}
