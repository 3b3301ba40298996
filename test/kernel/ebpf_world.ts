/** Two namespaces joined by a veth pair, flow tables at one end, frames from the other. Needs root. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flag, layerNames, layout } from '../../src/flow/layout.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import type { KernelAttachment, KernelFlows, KernelFlowsOptions } from '../../src/native/packets.ts';
import { TestNetns } from './native_netns.ts';

/** A conversation, by all that was told of it: one of two protocols has two paths. */
export interface Seen {
  readonly trackingId: string;
  readonly parentKey: bigint;
  readonly paths: Set<string>;
  readonly links: Set<bigint>;
  readonly networks: Set<number>;
  readonly packets: [lo: number, hi: number];
  readonly bytes: [lo: number, hi: number];
}

/** Adds observations up, by key; gives those of facts alone, each with its parts. */
export function addUp(seen: Map<bigint, Seen>, observations: Uint8Array): Uint8Array[] {
  const facts: Uint8Array[] = [];
  const view = new DataView(observations.buffer, observations.byteOffset, observations.byteLength);
  for (let at = 0; at < observations.length; at += view.getUint16(at, true)) {
    if (view.getUint8(at + layout.flags) & flag.factsOnly) {
      facts.push(observations.subarray(at, at + view.getUint16(at, true)));
      continue;
    }
    const key = view.getBigUint64(at + layout.key, true);
    const known = seen.get(key) ?? {
      trackingId: view
        .getBigUint64(at + layout.trackingId, true)
        .toString(16)
        .padStart(16, '0'),
      parentKey: view.getBigUint64(at + layout.parentKey, true),
      paths: new Set(),
      links: new Set(),
      networks: new Set(),
      packets: [0, 0],
      bytes: [0, 0],
    };
    const layers = observations.subarray(at + layout.layers, at + layout.layers + 12);
    known.paths.add(
      [...layers]
        .filter((layer) => layer > 0)
        .map((layer) => layerNames[layer])
        .join('/'),
    );
    known.links.add(view.getBigUint64(at + layout.linkId, true));
    known.networks.add(view.getUint32(at + layout.networkId, true));
    known.packets[0] += view.getFloat64(at + layout.loPackets, true);
    known.packets[1] += view.getFloat64(at + layout.hiPackets, true);
    known.bytes[0] += view.getFloat64(at + layout.loBytes, true);
    known.bytes[1] += view.getFloat64(at + layout.hiBytes, true);
    seen.set(key, known);
  }
  return facts;
}

const SENDER = new URL('./ebpf_send.c', import.meta.url).pathname;
const options: KernelFlowsOptions = { drainMs: 50, slots: 8192, ringBytes: 8 << 20, firstPackets: 3, headerSize: 256 };

export class EbpfWorld {
  /** Of all worlds of a test file; undefined: what the kernel takes first. */
  static image: KernelFlowsOptions['image'];
  readonly from = new TestNetns();
  readonly to = new TestNetns();
  /** What was counted, by key and parent; facts of first packets are beside it. */
  readonly seen = new Map<bigint, Seen>();
  readonly facts: Uint8Array[] = [];
  flows!: KernelFlows;
  readonly #folder = mkdtempSync(join(tmpdir(), 'skein-ebpf-'));

  static async open(given: Partial<KernelFlowsOptions> = {}): Promise<EbpfWorld> {
    const world = new EbpfWorld();
    try {
      execFileSync('gcc', ['-O2', '-o', world.sender, SENDER]);
      world.from.ip(`link add va type veth peer name vb netns ${world.to.name}`);
      // Nothing but what the test sends.
      for (const [netns, name] of [
        [world.from, 'va'],
        [world.to, 'vb'],
      ] as const) {
        execFileSync('ip', ['netns', 'exec', netns.name, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1']);
        netns.ip(`link set ${name} arp off`);
        netns.ip(`link set ${name} up`);
      }
      const forced = EbpfWorld.image === undefined ? {} : { image: EbpfWorld.image };
      world.flows = await openPacketDoor().openKernelFlows({ ...options, ...forced, ...given }, (observations) =>
        world.facts.push(...addUp(world.seen, observations)),
      );
    } catch (error) {
      world[Symbol.dispose]();
      throw error;
    }
    return world;
  }

  get sender(): string {
    return join(this.#folder, 'send');
  }

  attach(place: { mode?: 'tcx' | 'clsact'; source?: number; payloadBytes?: number } = {}): Promise<KernelAttachment> {
    return this.flows.attach({
      netns: this.to.path,
      ifIndex: indexOf(this.to, 'vb'),
      source: 1,
      payloadBytes: 0,
      ...place,
    });
  }

  /** How many were sent. Meanwhile what was counted is taken, as it would be in life. */
  async send(frames: readonly Uint8Array[], times = 1): Promise<number> {
    const input = Buffer.concat(
      frames.flatMap((frame) => [Buffer.from([frame.length & 255, frame.length >> 8]), frame]),
    );
    const sending = spawn('ip', ['netns', 'exec', this.from.name, this.sender, 'va', `${times}`]);
    sending.stdin.end(input);
    const [said] = await once(sending.stdout, 'data');
    return Number(`${said}`);
  }

  /** Of the captured interface: what it received and sent. */
  counters(): { readonly packets: number; readonly bytes: number } {
    const told = execFileSync('ip', ['-n', this.to.name, '-s', '-j', 'link', 'show', 'vb'], { encoding: 'utf8' });
    const [{ stats64 }] = JSON.parse(told) as [{ stats64: Record<'rx' | 'tx', { packets: number; bytes: number }> }];
    return { packets: stats64.rx.packets + stats64.tx.packets, bytes: stats64.rx.bytes + stats64.tx.bytes };
  }

  /** Of conversations that are in no tunnel. */
  outer(): { packets: number; bytes: number; conversations: number } {
    const sum = { packets: 0, bytes: 0, conversations: 0 };
    for (const { parentKey, packets, bytes } of this.seen.values()) {
      if (parentKey !== 0n) continue;
      sum.packets += packets[0] + packets[1];
      sum.bytes += bytes[0] + bytes[1];
      sum.conversations++;
    }
    return sum;
  }

  [Symbol.dispose](): void {
    this.flows?.close();
    this.from[Symbol.dispose]();
    this.to[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true });
  }
}

export function indexOf(netns: TestNetns, name: string): number {
  const told = execFileSync('ip', ['-n', netns.name, '-j', 'link', 'show', name], { encoding: 'utf8' });
  return (JSON.parse(told) as [{ ifindex: number }])[0].ifindex;
}
