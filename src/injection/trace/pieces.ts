/** A trace that came as text, read piece by piece: the event loop turns in between. */
import type { Decoder } from '../../native/packets.ts';
import { mistake } from '../../std/mistake.ts';

export const TRACE_CODE = 'injection.pcap';
export const TRACE_HINT = 'Pcap is a whole file, pcap or pcapng, in base64';

const PIECE_BYTES = 64 * 1024;

/** What the decoder makes of it. Rejects with a Mistake when that is no such file. */
export async function* tracePieces(
  decoder: Pick<Decoder, 'file' | 'drain'>,
  base64: string,
): AsyncGenerator<ReturnType<Decoder['drain']>> {
  const file = Buffer.from(base64, 'base64');
  if (file.length === 0) throw mistake(TRACE_CODE, 'the trace cannot be read: it is empty', TRACE_HINT);
  for (let at = 0; at < file.length; at += PIECE_BYTES) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    const lastMs = read(decoder, file.subarray(at, at + PIECE_BYTES));
    for (let isMore = true; isMore; ) {
      const drained = decoder.drain(lastMs);
      yield drained;
      isMore = drained.isMore;
    }
  }
}

function read(decoder: Pick<Decoder, 'file'>, piece: Uint8Array): number {
  try {
    return decoder.file(piece).lastMs;
  } catch (error) {
    throw mistake(TRACE_CODE, `the trace cannot be read: ${(error as Error).message}`, TRACE_HINT);
  }
}
