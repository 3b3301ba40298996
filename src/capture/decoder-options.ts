/** What a capture asks of the engine that decodes its packets. */
import type { DecoderOptions } from '../native/packets.ts';
import type { CaptureOptions } from './mechanism.ts';

/** Of each direction of a conversation: a request and what follows it. */
const SAMPLED_PACKETS = 2;

export function decoderOptions(options: CaptureOptions, source: number): DecoderOptions {
  return {
    source,
    isL3Key: options.layerKeyMode === 'L3',
    defragment: options.ipDefrag,
    reassemble: options.reassembleTcp,
    ...(options.layers.size > 0 ? { payloadBytes: options.headerSize, payloadPackets: SAMPLED_PACKETS } : {}),
    ...(options.rawPacketLimit > 0 ? { rawPacketLimit: options.rawPacketLimit, rawBytes: options.headerSize } : {}),
  };
}
