/** Observations of sampled packets stand for all packets: their counters times the rate, in place. */
import { flag, layout } from '../../flow/layout.ts';

export function scale(observations: Uint8Array, rate: number): void {
  if (rate === 1) return;
  const view = new DataView(observations.buffer, observations.byteOffset, observations.byteLength);
  for (let at = 0; at + layout.fixedBytes <= observations.length; ) {
    for (const counter of counters) view.setFloat64(at + counter, view.getFloat64(at + counter, true) * rate, true);
    view.setUint32(at + layout.sampling, rate, true);
    view.setUint8(at + layout.flags, view.getUint8(at + layout.flags) | flag.sampled);
    at += Math.max(view.getUint16(at + layout.size, true), layout.fixedBytes);
  }
}

const counters = [layout.loPackets, layout.loBytes, layout.hiPackets, layout.hiBytes];
