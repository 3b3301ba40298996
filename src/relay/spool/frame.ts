/**
 * What a segment is made of: a header of 24 bytes, and bytes. Two checks, so that a frame whose bytes are damaged can be
 * passed by, and one that a crash cut short is told from one that was damaged:
 * length (4), kind (4), seq (8, a double), CRC-32 of the bytes (4), CRC-32 of the header before it (4), little-endian.
 */
import { crc32 } from 'node:zlib';

export const FRAME_HEADER = 24;

export const FRAME = {
  /** First in each segment: JSON of SegmentStart. */
  start: 1,
  /** A part of the picture: facts with versions only. */
  picture: 2,
  batch: 3,
  /** The agent left in order: everything is durable. */
  end: 4,
} as const;

export interface Frame {
  readonly kind: number;
  readonly seq: number;
  readonly bytes: Uint8Array;
}

export function frameOf({ kind, seq, bytes }: Frame): Uint8Array {
  const frame = Buffer.allocUnsafe(FRAME_HEADER + bytes.length);
  frame.writeUInt32LE(bytes.length, 0);
  frame.writeUInt32LE(kind, 4);
  frame.writeDoubleLE(seq, 8);
  frame.writeUInt32LE(crc32(bytes), 16);
  frame.writeUInt32LE(crc32(frame.subarray(0, 20)), 20);
  frame.set(bytes, FRAME_HEADER);
  return frame;
}

export type FrameRead =
  | ({ readonly is: 'frame'; readonly length: number } & Frame)
  /** The frame has so many bytes in all, and not all of them are here. */
  | { readonly is: 'short'; readonly length: number }
  /** Its bytes are not what was written; the next frame is `length` further on. */
  | { readonly is: 'damaged'; readonly length: number; readonly kind: number; readonly seq: number }
  /** No header: where the next frame is is not known. */
  | { readonly is: 'none' };

export function readFrame(from: Uint8Array, at: number): FrameRead {
  if (at + FRAME_HEADER > from.length) return { is: 'short', length: FRAME_HEADER };
  const view = Buffer.from(from.buffer, from.byteOffset + at, from.length - at);
  if (crc32(view.subarray(0, 20)) !== view.readUInt32LE(20)) return { is: 'none' };
  const length = FRAME_HEADER + view.readUInt32LE(0);
  if (length > view.length) return { is: 'short', length };
  const [kind, seq, bytes] = [view.readUInt32LE(4), view.readDoubleLE(8), view.subarray(FRAME_HEADER, length)];
  if (crc32(bytes) !== view.readUInt32LE(16)) return { is: 'damaged', length, kind, seq };
  return { is: 'frame', length, kind, seq, bytes };
}
