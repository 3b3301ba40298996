/** By which ids flows show the frames of a trace: known before the first is sent. */
import { layout } from '../../flow/layout.ts';
import { ObservationReader } from '../../flow/observation.ts';
import { hex64 } from '../../flow/xxhash64.ts';
import type { PacketDoor } from '../../native/packets.ts';
import type { MeetBound } from '../bounds.ts';
import { TRACKING_IDS_MAX } from '../limits.ts';
import { traceFrames } from './frames.ts';
import { tracePieces } from './pieces.ts';

/**
 * Of each conversation in it, in tunnels too, at most TRACKING_IDS_MAX of them: those that come first. Rejects with a
 * Mistake for what cannot be sent.
 */
export async function traceTracking(
  door: Pick<PacketDoor, 'openDecoder'>,
  base64: string,
  met: MeetBound,
): Promise<readonly string[]> {
  await traceFrames(door, base64, met);
  const decoder = door.openDecoder({ source: 0 });
  const found = new Set<string>();
  try {
    for await (const { observations } of tracePieces(decoder, base64)) {
      const reader = new ObservationReader(observations);
      while (reader.next()) {
        const id = hex64(reader.uint32(layout.trackingId + 4), reader.uint32(layout.trackingId));
        if (found.size >= TRACKING_IDS_MAX && !found.has(id)) {
          met('tracking-ids');
          return [...found];
        }
        found.add(id);
      }
    }
    return [...found];
  } finally {
    decoder.close();
  }
}
