/** What a capture asks of the engine that decodes its packets. */
import type { DecoderOptions } from '../native/packets.ts';
import type { CaptureOptions } from './mechanism.ts';

/** Of each of them; an observation has at most 64 kB. */
const PAYLOAD_BYTES_MAX = 2_048;
/** Of each direction of a conversation: a request and what follows it. */
const SAMPLED_PACKETS = 2;

export function decoderOptions(options: CaptureOptions, source: number): DecoderOptions {
  return {
    source,
    isL3Key: options.layerKeyMode === 'L3',
    defragment: options.ipDefrag,
    reassemble: options.reassembleTcp,
    ...(options.layers.size > 0
      ? { payloadBytes: Math.min(options.headerSize, PAYLOAD_BYTES_MAX), payloadPackets: SAMPLED_PACKETS }
      : {}),
    ...(options.rawPacketLimit > 0 ? { rawPacketLimit: options.rawPacketLimit, rawBytes: options.headerSize } : {}),
  };
}
