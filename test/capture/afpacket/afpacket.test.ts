/** The mechanism over a scripted door; test/kernel/packets_capture.test.ts has it on a real kernel. */
import { afpacket } from '../../../src/capture/afpacket/index.ts';
import { pcap } from '../../../src/capture/pcap/index.ts';
import type { PacketBatchListener, PacketDoor, PacketStats, PacketsOptions } from '../../../src/native/packets.ts';
import { Mistake } from '../../../src/std/mistake.ts';
import { Unavailable } from '../../../src/std/unavailable.ts';
import { contextOf } from '../context.ts';

class ScriptedDoor implements PacketDoor {
  readonly opened: PacketsOptions[] = [];
  readonly closed: number[] = [];
  readonly compiled: [string, number, number][] = [];
  linkType = 1;
  refusal: Error | undefined;
  stats: PacketStats = ZERO;
  batch: PacketBatchListener = () => {};
  end: (code: string) => void = () => {};

  async openPackets(options: PacketsOptions, onBatch: PacketBatchListener) {
    if (this.refusal) throw this.refusal;
    const number = this.opened.push(options);
    this.batch = onBatch;
    return {
      linkType: this.linkType,
      stats: () => this.stats,
      close: async () => void this.closed.push(number),
      onEnd: (listener: (code: string) => void) => {
        this.end = listener;
      },
    };
  }
  compileFilter(text: string, linkType: number, snapLength: number): Uint8Array {
    if (this.refusal) throw this.refusal;
    this.compiled.push([text, linkType, snapLength]);
    return Uint8Array.of(linkType);
  }
  openDecoder(): never {
    throw new Error('not asked for');
  }
  openKernelFlows(): never {
    throw new Error('not asked for');
  }
  matchFilter(): never {
    throw new Error('not asked for');
  }
}

const ZERO: PacketStats = {
  received: 0,
  dropped: 0,
  freezes: 0,
  packets: 0,
  bytes: 0,
  undecoded: 0,
  notCounted: 0,
  notCountedBytes: 0,
  rawDropped: 0,
  fragmentsDropped: 0,
};

test('what a capture asks for is asked of the socket', async () => {
  const door = new ScriptedDoor();
  const place = { name: 'eth7', netns: '/run/netns/blue' };
  const plain = contextOf(door, {}, { place });
  await using _ = await afpacket.start(plain.context);
  const asked = {
    headerSize: 128,
    rawPacketLimit: 3,
    ipDefrag: true,
    reassembleTcp: true,
    layerKeyMode: 'L3',
  } as const;
  const full = contextOf(door, { ...asked, layers: new Set(['DNS'] as const) });
  await using __ = await pcap.start(full.context);
  const same = { source: 5, drainMs: 250, ringBytes: 8 << 20, conversationsMax: 262_144 };
  expect(door.opened).toEqual([
    {
      ...same,
      netns: '/run/netns/blue',
      interfaceName: 'eth7',
      snapLength: 256,
      isL3Key: false,
      defragment: false,
      reassemble: false,
    },
    {
      ...same,
      interfaceName: 'eth0',
      snapLength: 128,
      isL3Key: true,
      defragment: true,
      reassemble: true,
      payloadBytes: 128,
      payloadPackets: 2,
      rawPacketLimit: 3,
      rawBytes: 128,
    },
  ]);
});

test('what is seen is handed over, and what is lost meanwhile, once', async () => {
  const door = new ScriptedDoor();
  const { context, raw, lost } = contextOf(door);
  const running = await afpacket.start(context);
  door.stats = { ...ZERO, received: 10, dropped: 3, packets: 7, bytes: 700 };
  door.batch(new Uint8Array(0), Uint8Array.of(1));
  door.batch(new Uint8Array(0), new Uint8Array(0));
  expect(raw).toEqual([Uint8Array.of(1)]);
  expect(lost).toEqual(['socket: ring buffer full, 3 packets, 0 B']);
  expect(running.stats()).toEqual({ packetsReceived: 10, packetsDropped: 3, packetsIfDropped: 0, bytesReceived: 700 });
  lost.length = 0;
  door.stats = { ...door.stats, dropped: 4, notCounted: 5, notCountedBytes: 600, rawDropped: 6, fragmentsDropped: 7 };
  // Also what was lost after the last batch.
  await running[Symbol.asyncDispose]();
  await running[Symbol.asyncDispose]();
  expect(door.closed).toEqual([1]);
  expect(lost).toEqual([
    'socket: ring buffer full, 1 packets, 0 B',
    'decoder: too many conversations at once, 5 packets, 600 B',
    'raw-packets: too many were to be kept at once, 6 packets, 0 B',
    'decoder: too many fragments to be put together at once, 7 packets, 0 B',
  ]);
  expect(await running.ended).toBeUndefined();
});

test('it ends with its interface', async () => {
  const door = new ScriptedDoor();
  const running = await afpacket.start(contextOf(door).context);
  door.end('ENODEV');
  expect(await running.ended).toBe('the interface is gone');
  await running[Symbol.asyncDispose]();
});

test('a filter is made for what the packets of the interface begin with', async () => {
  const door = new ScriptedDoor();
  door.linkType = 101;
  await using _ = await afpacket.start(contextOf(door, { filter: 'udp' }).context);
  expect(door.compiled).toEqual([
    ['udp', 1, 256],
    ['udp', 101, 256],
  ]);
  expect(door.opened.map(({ filter }) => filter)).toEqual([Uint8Array.of(1), Uint8Array.of(101)]);
  expect(door.closed).toEqual([1]);
});

test('many captures share the memory of their rings', async () => {
  const door = new ScriptedDoor();
  const all = await Promise.all(Array.from({ length: 500 }, () => afpacket.start(contextOf(door).context)));
  const bytes = door.opened.map(({ ringBytes }) => ringBytes);
  expect(bytes[0]).toBe(8 << 20);
  expect(Math.min(...bytes)).toBe(512 << 10);
  expect(bytes.reduce((sum, one) => sum + one)).toBeLessThanOrEqual((256 << 20) + 500 * (512 << 10));
  for (const one of all) await one[Symbol.asyncDispose]();
  await using _ = await afpacket.start(contextOf(door).context);
  expect(door.opened.at(-1)?.ringBytes).toBe(8 << 20);
});

test.each([
  ['EPERM', 'a packet socket on eth0: needs CAP_NET_RAW'],
  ['ENODEV', 'a packet socket on eth0: needs the interface to be there (refused)'],
  ['ENOMEM', 'a packet socket on eth0: needs room for a ring (refused)'],
  ['EAFNOSUPPORT', 'a packet socket on eth0: needs packet sockets in the kernel (refused)'],
])('%s is told as what would do', async (code, message) => {
  const door = new ScriptedDoor();
  door.refusal = Object.assign(new Error('refused'), { code });
  const error = await afpacket.start(contextOf(door).context).catch((caught) => caught);
  expect(error).toBeInstanceOf(Unavailable);
  expect(error.message).toBe(message);
});

test('a filter that makes no sense is a mistake, with its place', async () => {
  const door = new ScriptedDoor();
  door.refusal = Object.assign(new Error('long'), { code: 'EINVAL', reason: 'syntax error', position: 4 });
  const error = await afpacket.start(contextOf(door, { filter: 'tcp prot 80' }).context).catch((caught) => caught);
  expect(error).toBeInstanceOf(Mistake);
  expect(error.faults).toEqual([
    { code: 'capture.filter', message: 'filter "tcp prot 80": syntax error', from: 4, to: 8 },
  ]);
});

test('without libpcap a filter cannot be had', async () => {
  const door = new ScriptedDoor();
  door.refusal = Object.assign(new Error('no library'), { code: 'ENOTSUP' });
  const error = await afpacket.start(contextOf(door, { filter: 'tcp' }).context).catch((caught) => caught);
  expect(error).toBeInstanceOf(Unavailable);
  expect(error.message).toBe('a filter: needs libpcap (no library)');
});
