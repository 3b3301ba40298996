/** The mechanism `ebpf` over a door that the test pulls the strings of. */
import { ebpf } from '../../src/capture/ebpf/index.ts';
import type { MechanismContext } from '../../src/capture/mechanism.ts';
import { layout } from '../../src/flow/layout.ts';
import type { KernelFlows, KernelPlace, PacketBatchListener, PacketDoor } from '../../src/native/packets.ts';
import { Unavailable } from '../../src/std/unavailable.ts';

const nothing = { packets: 0, bytes: 0, lostPackets: 0, lostBytes: 0, firstPacketsLost: 0 };

function kernel({ refuses }: { refuses?: Error } = {}) {
  const its = {
    opened: 0,
    closed: 0,
    places: [] as KernelPlace[],
    detached: [] as number[],
    totals: { ...nothing },
    gone: (_code: string) => {},
    deliver: (_source: number) => {},
  };
  const openKernelFlows = async (_options: unknown, onBatch: PacketBatchListener): Promise<KernelFlows> => {
    if (refuses) throw refuses;
    its.opened++;
    its.deliver = (source) => {
      const observation = new Uint8Array(layout.fixedBytes);
      new DataView(observation.buffer).setUint32(layout.source, source, true);
      onBatch(observation, new Uint8Array());
    };
    return {
      dropReasons: [],
      missing: [],
      stats: () => ({ evictions: 0, firstPacketsLost: 0, evictionsLost: 0, packetsLost: 0, bytesLost: 0 }),
      close: () => {
        its.closed++;
      },
      async attach(place) {
        its.places.push(place);
        return {
          mode: 'tcx',
          stats: () => its.totals,
          onEnd(listener) {
            its.gone = listener;
          },
          async close() {
            its.detached.push(place.source);
            its.deliver(place.source);
          },
        };
      },
    };
  };
  return { its, door: { openKernelFlows } as unknown as PacketDoor };
}

function context(door: PacketDoor, source: number) {
  const seen: number[] = [];
  const lost: unknown[] = [];
  const given = {
    door,
    place: { nodeId: 'n', tid: 't', type: 'veth', name: 'eth0', ifIndex: 3, netns: '/run/netns/x' },
    options: { layers: new Set(['DNS']), headerSize: 256 },
    sink: {
      source,
      observe: (observations: Uint8Array) => seen.push(observations.length),
      raw: () => {},
      lost: (...loss: unknown[]) => lost.push(loss),
    },
    nowMs: () => 0,
    log: { info: () => {}, warn: () => {} },
  } as unknown as MechanismContext;
  return { given, seen, lost };
}

test('captures share one table, and each hears of its own source', async () => {
  const { its, door } = kernel();
  const one = context(door, 1);
  const two = context(door, 2);
  const first = await ebpf.start(one.given);
  const second = await ebpf.start(two.given);
  its.deliver(2);
  expect([its.opened, one.seen.length, two.seen.length]).toEqual([1, 0, 1]);
  expect(its.places[0]).toMatchObject({ netns: '/run/netns/x', ifIndex: 3, source: 1 });
  await first[Symbol.asyncDispose]();
  expect(its.closed).toBe(0);
  await second[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  expect([its.closed, its.detached, one.seen.length, two.seen.length]).toEqual([1, [1, 2], 1, 2]);
  expect(await first.ended).toBeUndefined();
});

test('what found no room is told once, as a loss of its stage', async () => {
  const { its, door } = kernel();
  const { given, lost } = context(door, 1);
  await using running = await ebpf.start(given);
  its.totals = { packets: 10, bytes: 1000, lostPackets: 2, lostBytes: 200, firstPacketsLost: 3 };
  its.deliver(1);
  its.deliver(1);
  expect(lost).toEqual([
    ['kernel-table', 'table and ring buffer full', 2, 200],
    ['ring-buffer', 'first packets that were counted, but not decoded', 3],
  ]);
  expect(running.stats()).toEqual({ packetsReceived: 10, packetsDropped: 2, packetsIfDropped: 0, bytesReceived: 1000 });
});

test('an interface that is gone ends its capture', async () => {
  const { its, door } = kernel();
  await using running = await ebpf.start(context(door, 1).given);
  its.gone('ENODEV');
  expect(await running.ended).toBe('the interface is gone');
});

test('without the capabilities it says which, and the next try opens again', async () => {
  const refuses = Object.assign(new Error('count flows in the kernel: EPERM'), { code: 'EPERM' });
  const { door } = kernel({ refuses });
  for (const _ of [1, 2]) {
    const start = ebpf.start(context(door, 1).given);
    await expect(start).rejects.toThrow(Unavailable);
    await expect(start).rejects.toThrow('needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN');
  }
});
