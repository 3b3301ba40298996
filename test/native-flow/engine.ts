/** Packets through the engine (native/src/flow), by the small programs beside this file. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layerNames } from '../../src/flow/layout.ts';
import type { Bytes } from './frames.ts';

export interface TestPacket {
  readonly bytes: Bytes;
  /** Epoch, default one millisecond after the one before. */
  readonly ms?: number;
  /** On the wire; default: what is there. */
  readonly length?: number;
}

type Pair = [number, number];

export interface Seen {
  readonly kind: 'observation';
  readonly flags: number;
  readonly source: number;
  readonly family: number;
  readonly protocol: number;
  readonly etherType: number;
  readonly icmp: [number, number, number];
  readonly lo: string;
  readonly hi: string;
  readonly ports: Pair;
  readonly loMac: string;
  readonly hiMac: string;
  readonly linkId: number;
  readonly networkId: number;
  readonly layers: number[];
  /** As a flow shows it. */
  readonly path: string;
  readonly rttNs: number;
  readonly trackingId: string;
  readonly key: string;
  readonly parentKey: string;
  readonly packets: Pair;
  readonly bytes: Pair;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly tcp?: {
    readonly smoothedRttNs: number;
    readonly synMs: Pair;
    readonly finMs: Pair;
    readonly rstMs: Pair;
    readonly retransmissions: Pair;
    readonly outOfOrder: Pair;
    readonly skipped: Pair;
    readonly skippedBytes: Pair;
    readonly segments: Pair;
    readonly payloadBytes: Pair;
    readonly synTtl: Pair;
    readonly flags: Pair;
  };
  readonly ip?: Pair;
  readonly payloads?: readonly {
    readonly ms: number;
    readonly fromHi: number;
    readonly sequence: number;
    readonly bytes: string;
  }[];
}

export interface Kept {
  readonly kind: 'raw';
  readonly key: string;
  readonly linkType: number;
  readonly ms: number;
  readonly length: number;
  readonly bytes: string;
}

export interface Counters {
  readonly kind: 'counters';
  readonly packets: number;
  readonly bytes: number;
  readonly undecoded: number;
  readonly notCounted: number;
  readonly notCountedBytes: number;
  readonly rawDropped: number;
  readonly fragmentsDropped: number;
}

/** Names of EngineOptions, and those dump.cc says. */
export type Options = Readonly<Record<string, number>>;

export interface Outcome {
  readonly seen: readonly Seen[];
  readonly raw: readonly Kept[];
  readonly counters: Counters;
}

export function decode(packets: readonly (TestPacket | Bytes)[], options: Options = {}, linkType = 1): Outcome {
  return decodeFile(pcapOf(packets, linkType), options);
}

export function decodeFile(file: Uint8Array, options: Options = {}): Outcome {
  const given = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const ran = spawnSync('build/native-flow/dump', given, { input: file, maxBuffer: 1 << 28, timeout: 60_000 });
  if (ran.status !== 0) throw new Error(`dump: ${ran.signal ?? ran.status}\n${ran.stderr}`);
  const lines = ran.stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Seen | Kept | Counters);
  const seen = lines
    .filter((line) => line.kind === 'observation')
    .map((line) => ({ ...line, path: line.layers.map((layer) => layerNames[layer]).join('/') }));
  const counters = lines.find((line) => line.kind === 'counters');
  if (!counters) throw new Error('dump said nothing of its counters');
  return { seen, raw: lines.filter((line) => line.kind === 'raw'), counters };
}

/** The one conversation there is. */
export function only(outcome: Outcome): Seen {
  const [first, ...others] = outcome.seen;
  if (!first || others.length > 0) throw new Error(`${outcome.seen.length} conversations instead of one`);
  return first;
}

/** Built when its sources changed. */
export function program(name: 'dump' | 'fuzz'): string {
  execFileSync('sh', ['test/native-flow/build.sh', name], { timeout: 200_000 });
  return `build/native-flow/${name}`;
}

export function trace(name: string): Uint8Array {
  return readFileSync(join('test/pcaps', name));
}

/** A pcap file of nanoseconds. */
export function pcapOf(packets: readonly (TestPacket | Bytes)[], linkType = 1): Uint8Array {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b23c4d, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65535, 16);
  head.writeUInt32LE(linkType, 20);
  const parts: Buffer[] = [head];
  let ms = 1_700_000_000_000;
  for (const given of packets) {
    const packet = 'bytes' in given ? given : { bytes: given };
    ms = packet.ms ?? ms + 1;
    const record = Buffer.alloc(16);
    record.writeUInt32LE(Math.floor(ms / 1000), 0);
    record.writeUInt32LE(Math.round((ms % 1000) * 1e6), 4);
    record.writeUInt32LE(packet.bytes.length, 8);
    record.writeUInt32LE(packet.length ?? packet.bytes.length, 12);
    parts.push(record, Buffer.from(packet.bytes));
  }
  return Buffer.concat(parts);
}

/** For fuzz.cc: a file whose records have their link types in the upper half of their lengths. */
export function mutationSeeds(seeds: readonly { readonly linkType: number; readonly bytes: Bytes }[]): Uint8Array {
  return pcapOf(seeds.map(({ linkType, bytes }) => ({ bytes, length: linkType * 65536 + bytes.length })));
}
