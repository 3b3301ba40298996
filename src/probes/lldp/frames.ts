/** Frames of neighbours, out of what the kernel hands over (src/native/door.ts, FrameSocket). */
import { uint16 } from './bytes.ts';
import { readCdp } from './cdp.ts';
import { readLldp } from './lldp.ts';
import type { Neighbour } from './neighbour.ts';

export interface Heard {
  readonly interfaceIndex: number;
  /** Undefined: it could not be read. */
  readonly neighbour: Neighbour | undefined;
}

/** Ethernet types. */
export const LLDP = 0x88cc;
/** Less is the length of a frame of 802.2. */
const TYPE_MIN = 0x600;
/** 01:00:0c:cc:cc:cc is CDP's, beside some others of Cisco's. */
export const CDP_ADDRESS = Uint8Array.of(0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc);
/** Nearest bridge; nearest bridge that is no two-port relay; nearest customer bridge (IEEE 802.1AB, table 7-1). */
export const LLDP_ADDRESSES = [0x0e, 0x03, 0x00].map((last) => Uint8Array.of(0x01, 0x80, 0xc2, 0x00, 0x00, last));

export function* neighboursIn(batch: Uint8Array): Iterable<Heard> {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  for (let at = 0; at + 8 <= batch.length; ) {
    const [interfaceIndex, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    const end = at + 8 + length;
    if (end > batch.length) return;
    const frame = batch.subarray(at + 8, end);
    at = (end + 3) & ~3;
    const type = uint16(frame, 12);
    if (type === LLDP) yield { interfaceIndex, neighbour: readLldp(frame.subarray(14)) };
    // Others speak 802.2 too: spanning tree, above all.
    else if (type !== undefined && type < TYPE_MIN && CDP_ADDRESS.every((octet, index) => frame[index] === octet))
      yield { interfaceIndex, neighbour: readCdp(frame.subarray(14, 14 + type)) };
  }
}
