/** The frames of a trace (pcap, pcapng), to be sent as they are. */
import { rawPacketLayout } from '../../flow/layout.ts';
import type { PacketDoor } from '../../native/packets.ts';
import { RAW_PACKETS_ALONE } from '../../native/packets.ts';
import { mistake } from '../../std/mistake.ts';
import type { MeetBound } from '../bounds.ts';
import { TRACE_CODE, TRACE_HINT, tracePieces } from './pieces.ts';

export interface TraceFrame {
  readonly bytes: Uint8Array;
  /** Of the trace, epoch ms with fractions. */
  readonly atMs: number;
}

/** Frames of one trace. */
export const FRAMES_MAX = 100_000;
/** LINKTYPE_ETHERNET. */
const ETHERNET = 1;
const FRAME_BYTES_MAX = 65_535;

/** Rejects with a Mistake that says what is wrong with it, and where. */
export async function traceFrames(
  door: Pick<PacketDoor, 'openDecoder'>,
  base64: string,
  met: MeetBound,
): Promise<readonly TraceFrame[]> {
  const decoder = door.openDecoder({ source: 0, rawPacketLimit: RAW_PACKETS_ALONE, rawBytes: FRAME_BYTES_MAX });
  const frames: TraceFrame[] = [];
  try {
    for await (const { rawPackets } of tracePieces(decoder, base64)) take(rawPackets, frames, met);
    const missing = decoder.end();
    if (missing !== undefined || frames.length === 0)
      throw mistake(TRACE_CODE, `the trace cannot be sent: ${missing ?? 'there is no packet in it'}`, TRACE_HINT);
    return frames;
  } finally {
    decoder.close();
  }
}

function take(records: Uint8Array, frames: TraceFrame[], met: MeetBound): void {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  const { headBytes, ms, length, captured, linkType } = rawPacketLayout;
  for (let at = 0; at + headBytes <= records.length; ) {
    const size = view.getUint32(at + captured, true);
    const which = `packet ${frames.length + 1} of the trace`;
    if (view.getUint32(at + linkType, true) !== ETHERNET)
      throw mistake(TRACE_CODE, `${which} is no frame of Ethernet`, 'a trace of an Ethernet interface');
    if (view.getUint32(at + length, true) !== size)
      throw mistake(TRACE_CODE, `${which} was cut off when it was captured`, 'capture whole packets: tcpdump -s 0');
    if (frames.length >= FRAMES_MAX) {
      met('trace-packets');
      throw mistake(TRACE_CODE, `the trace has more than ${FRAMES_MAX} packets`, 'send a part of it');
    }
    const start = at + headBytes;
    frames.push({ bytes: records.slice(start, start + size), atMs: view.getFloat64(at + ms, true) });
    at = start + Math.ceil(size / 8) * 8;
  }
}
