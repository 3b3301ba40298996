/** Observations as tests read them: one object each, ends by who sent, the initiator as A. */

import type { Sink } from '../../src/capture/mechanism.ts';
import { ipv4, ipv6 } from '../../src/flow/application/text.ts';
import { flag, layerNames, layout } from '../../src/flow/layout.ts';
import type { LossStage } from '../../src/flow/loss.ts';
import { ObservationReader } from '../../src/flow/observation.ts';

export interface Told {
  readonly trackingId: string;
  readonly path: string;
  /** `address:port` of the initiator, and of the other. */
  readonly a: string;
  readonly b: string;
  readonly isCertain: boolean;
  /** Packets and bytes. */
  readonly ab: readonly [number, number];
  readonly ba: readonly [number, number];
  readonly firstMs: number;
  readonly lastMs: number;
  readonly sampling: number;
  readonly linkId: bigint;
}

export function told(observations: Uint8Array): Told[] {
  const reader = new ObservationReader(observations);
  const all: Told[] = [];
  while (reader.next()) all.push(one(reader));
  if (reader.unreadBytes > 0) throw new Error(`${reader.unreadBytes} bytes are no observations`);
  return all;
}

function one(reader: ObservationReader): Told {
  const end = (address: number, port: number) => {
    const family = reader.byte(layout.family);
    const bytes = reader.bytes.subarray(reader.at + address, reader.at + address + (family === 4 ? 4 : 16));
    return family === 0 ? '' : `${(family === 4 ? ipv4 : ipv6)(bytes)}:${reader.uint16(port)}`;
  };
  const lo = end(layout.lo, layout.loPort);
  const hi = end(layout.hi, layout.hiPort);
  const fromLo = [reader.number(layout.loPackets), reader.number(layout.loBytes)] as const;
  const fromHi = [reader.number(layout.hiPackets), reader.number(layout.hiBytes)] as const;
  const isHi = (reader.flags & flag.hiStarted) !== 0;
  const layers = [...reader.bytes.subarray(reader.at + layout.layers, reader.at + layout.layers + 12)];
  return {
    trackingId: reader.view
      .getBigUint64(reader.at + layout.trackingId, true)
      .toString(16)
      .padStart(16, '0'),
    path: layers
      .filter((layer) => layer !== 0)
      .map((layer) => layerNames[layer])
      .join('/'),
    a: isHi ? hi : lo,
    b: isHi ? lo : hi,
    isCertain: (reader.flags & flag.startCertain) !== 0,
    ab: isHi ? fromHi : fromLo,
    ba: isHi ? fromLo : fromHi,
    firstMs: reader.number(layout.firstMs),
    lastMs: reader.number(layout.lastMs),
    sampling: reader.uint32(layout.sampling),
    linkId: reader.view.getBigUint64(reader.at + layout.linkId, true),
  };
}

/** Of observations of the same conversation in one. */
export function summed(all: readonly Told[]): Map<string, Told> {
  const by = new Map<string, Told>();
  for (const next of all) {
    const known = by.get(next.trackingId);
    if (!known) {
      by.set(next.trackingId, next);
      continue;
    }
    const [ab, ba] = known.a === next.a ? [next.ab, next.ba] : [next.ba, next.ab];
    const plus = (one: readonly [number, number], other: readonly [number, number]) =>
      [one[0] + other[0], one[1] + other[1]] as const;
    by.set(next.trackingId, {
      ...known,
      ab: plus(known.ab, ab),
      ba: plus(known.ba, ba),
      firstMs: Math.min(known.firstMs, next.firstMs),
      lastMs: Math.max(known.lastMs, next.lastMs),
    });
  }
  return by;
}

/** A sink that keeps everything. */
export class Kept implements Sink {
  readonly source = 7;
  readonly observations: Told[] = [];
  readonly rawPackets: Uint8Array[] = [];
  /** `stage: reason`, and how many. */
  readonly losses: Record<string, number> = {};
  readonly series: Record<string, Readonly<Record<string, number>>> = {};

  observe(observations: Uint8Array): void {
    this.observations.push(...told(observations));
  }

  raw(packets: Uint8Array): void {
    this.rawPackets.push(packets);
  }

  lost(stage: LossStage, reason: string, packets: number): void {
    const key = `${stage}: ${reason}`;
    this.losses[key] = (this.losses[key] ?? 0) + packets;
  }

  counters(series: string, total: Readonly<Record<string, number>>): void {
    this.series[series] = total;
  }
}
