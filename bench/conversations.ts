/** Made-up conversations as observations: each its own client, at one of the places; some are seen at several. */
import { ObservationWriter } from '../src/flow/observation-writer.ts';
import type { CapturePlace } from '../src/flow/place.ts';

export const captureId = '1c9d3f5e-7a2b-4c6d-8e0f-1a2b3c4d5e6f';
export const life = { updateMs: 10_000, expireMs: 600_000, applicationMs: { DNS: 10_000 }, finishedMs: 15_000 };
/** Observations in one buffer, as a mechanism hands them over. */
export const perBuffer = 500;

export function placeAt(node: string): CapturePlace {
  return { node, capture: captureId, host: 'bench', layers: new Set(), hasTcpMetric: false };
}

export interface Made {
  readonly from: number;
  readonly count: number;
  readonly places: number;
  readonly ms: number;
  /** In each direction. */
  readonly packets?: number;
  /** So many of the first conversations are seen at ten places each. */
  readonly wide?: number;
}

export function conversations({ from, count, places, ms, packets = 1, wide = 0 }: Made): Uint8Array {
  const writer = new ObservationWriter();
  const server = new Uint8Array([192, 168, 0, 1]);
  const mac = new Uint8Array([2, 0, 0, 0, 0, 1]);
  for (let i = from; i < from + count; i++) {
    for (let hop = 0; hop < (i < wide ? 10 : 1); hop++) {
      writer.add({
        source: 1 + ((i + hop) % places),
        from: { ip: new Uint8Array([10, i >>> 16, i >>> 8, i]), port: 1024 + (i % 60_000), mac },
        to: { ip: server, port: 80 + (i % 100), mac },
        protocol: 6,
        etherType: 0x0800,
        layers: ['Ethernet', 'IPv4', 'TCP'],
        sent: { packets, bytes: packets * (60 + (i % 1400)) },
        received: { packets, bytes: packets * 1400 },
        firstMs: ms + hop,
        lastMs: ms + hop + 1,
      });
    }
  }
  return writer.take();
}
