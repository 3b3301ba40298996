/** Observations as a test reads them. */
import { layerNames, layout } from '../../src/flow/layout.ts';

export interface Observed {
  readonly source: number;
  /** LayersPath. */
  readonly layers: string;
  readonly ports: readonly [number, number];
  readonly vlan: number;
  readonly packets: number;
  readonly bytes: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export function observed(bytes: Uint8Array): Observed[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const all: Observed[] = [];
  for (let at = 0; at < bytes.length; at += view.getUint16(at + layout.size, true)) {
    const number = (field: number) => view.getFloat64(at + field, true);
    const layers = [...bytes.subarray(at + layout.layers, at + layout.layers + 12)].filter((layer) => layer !== 0);
    all.push({
      source: view.getUint32(at + layout.source, true),
      layers: layers.map((layer) => layerNames[layer]).join('/'),
      ports: [view.getUint16(at + layout.loPort, true), view.getUint16(at + layout.hiPort, true)],
      vlan: Number(view.getBigUint64(at + layout.linkId, true) & 0xfffn),
      packets: number(layout.loPackets) + number(layout.hiPackets),
      bytes: number(layout.loBytes) + number(layout.hiBytes),
      firstMs: number(layout.firstMs),
      lastMs: number(layout.lastMs),
    });
  }
  return all;
}
