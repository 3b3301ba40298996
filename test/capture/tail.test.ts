/** Packets as they pass, handed on as pcapng; without a kernel. */
import { TAIL_NODES_MAX, TAIL_WAITING_MAX, TAILS_MAX, Tails } from '../../src/capture/tail.ts';
import { rawPacketLayout } from '../../src/flow/layout.ts';
import type { GraphNode } from '../../src/graph/element.ts';
import type { PacketBatchListener, PacketsOptions } from '../../src/native/packets.ts';
import { mistake } from '../../src/std/mistake.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { fakeClock } from '../std/fake-clock.ts';

const decode = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const blocks: { type: number; bytes: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; at += view.getUint32(at + 4, true))
    blocks.push({ type: view.getUint32(at, true), bytes: bytes.subarray(at, at + view.getUint32(at + 4, true)) });
  return blocks;
};
const kinds = (bytes: Uint8Array) => decode(bytes).map(({ type }) => ({ 1: 'I', 5: 'S', 6: 'P' })[type] ?? 'H');
const u32 = (bytes: Uint8Array, at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);

/** As the door hands them out. */
function records(
  ...packets: { readonly ms: number; readonly data: Uint8Array; readonly length?: number }[]
): Uint8Array {
  return Buffer.concat(
    packets.map(({ ms, data, length = data.length }) => {
      const { headBytes, ...at } = rawPacketLayout;
      const bytes = Buffer.alloc(headBytes + Math.ceil(data.length / 8) * 8);
      bytes.writeUInt32LE(1, at.linkType);
      bytes.writeDoubleLE(ms, at.ms);
      bytes.writeUInt32LE(length, at.length);
      bytes.writeUInt32LE(data.length, at.captured);
      bytes.set(data, headBytes);
      return bytes;
    }),
  );
}

function world(names = ['eth0']) {
  const opened: {
    options: PacketsOptions;
    say: PacketBatchListener;
    end: (code: string) => void;
    isClosed: boolean;
  }[] = [];
  const stats = {
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
  const fault = new Map<string, Error>();
  const clock = fakeClock();
  const nodes = names.map((Name) => ({
    id: Name,
    kind: 'node',
    metadata: { Name, TID: `tid-${Name}`, Type: 'veth', IfIndex: 1 },
  }));
  const tails = new Tails({
    door: {
      async openPackets(options: PacketsOptions, say: PacketBatchListener) {
        const wrong = fault.get(options.interfaceName);
        if (wrong) throw wrong;
        const its = { options, say, end: (_: string): void => undefined, isClosed: false };
        opened.push(its);
        return {
          linkType: 1,
          stats: () => stats,
          close: async () => {
            its.isClosed = true;
          },
          onEnd: (listener: (code: string) => void) => {
            its.end = listener;
          },
        };
      },
      compileFilter: () => new Uint8Array(8),
    } as never,
    match: async (query) => (query === 'none' ? [] : (nodes as unknown as GraphNode[])),
    check: (query) => {
      if (query === 'wrong') throw mistake('query.x', 'wrong');
    },
    view: () => ({ in: () => [] }) as never,
    namespaces: () => [{ nodeId: 'own', path: '/proc/1/ns/net', cookie: 0n }],
    ownNode: 'own',
    host: 'h1',
    application: 'test',
    clock,
  });
  return {
    tails,
    opened,
    stats,
    fault,
    clock,
    open: (query = 'all') => tails.open({ query, filter: '', snapLength: 0 }),
  };
}

const next = async (pieces: AsyncIterator<Uint8Array>) => (await pieces.next()).value as Uint8Array;

test('a stream is a header, interfaces, then packets as they come', async () => {
  const { open, opened } = world(['eth0', 'eth1']);
  const tail = await open();
  const pieces = tail.pieces()[Symbol.asyncIterator]();
  const head = await next(pieces);
  expect(kinds(head)).toEqual(['H', 'I', 'I']);
  expect(Buffer.from(head).toString()).toContain('veth eth0 of h1, TID tid-eth0');
  expect(opened[0]?.options).toMatchObject({ interfaceName: 'eth0', rawPacketLimit: 0xffff_ffff, snapLength: 65535 });
  expect(kinds(await next(pieces))).toEqual(['S', 'S']);
  opened[1]?.say(new Uint8Array(0), records({ ms: 1_700_000_000_123.5, data: Uint8Array.of(1, 2, 3), length: 90 }));
  const packet = await next(pieces);
  expect(kinds(packet)).toEqual(['P']);
  expect([u32(packet, 8), u32(packet, 20), u32(packet, 24)]).toEqual([1, 3, 90]);
  const ns = (BigInt(u32(packet, 12)) << 32n) | BigInt(u32(packet, 16));
  expect(ns).toBe(1_700_000_000_123_500_000n);
  await tail[Symbol.asyncDispose]();
  expect(kinds(await next(pieces))).toEqual(['S', 'S']);
  expect((await pieces.next()).done).toBe(true);
  expect(opened.every(({ isClosed }) => isClosed)).toBe(true);
});

test('what a slow reader does not take is dropped, counted and told', async () => {
  const { open, opened, stats, clock } = world();
  await using tail = await open();
  const pieces = tail.pieces()[Symbol.asyncIterator]();
  await next(pieces);
  await next(pieces);
  const packet = { ms: 1, data: new Uint8Array(60_000) };
  const many = Math.ceil(TAIL_WAITING_MAX / packet.data.length) + 10;
  for (let i = 0; i < many; i++) opened[0]?.say(new Uint8Array(0), records(packet));
  Object.assign(stats, { received: many, dropped: 3, rawDropped: 2 });
  await clock.pass(2000);
  const taken = decode(await next(pieces)).length;
  expect(taken).toBeLessThan(many);
  const [told] = decode(await next(pieces));
  const options = told?.bytes ?? new Uint8Array(0);
  // isb_ifrecv, isb_osdrop, isb_usrdeliv: 4 bytes of option head before each.
  expect([u32(options, 24), u32(options, 36), u32(options, 48)]).toEqual([many, many - taken + 5, taken]);
});

test('what was counted is told once more after the last packets, though no more come', async () => {
  const { open, opened, clock } = world();
  await using tail = await open();
  const pieces = tail.pieces()[Symbol.asyncIterator]();
  await next(pieces);
  await next(pieces);
  opened[0]?.say(new Uint8Array(0), records({ ms: 1, data: Uint8Array.of(1) }));
  expect(kinds(await next(pieces))).toEqual(['P']);
  const told = next(pieces);
  await clock.pass(1000);
  expect(kinds(await told)).toEqual(['S']);
  const nothing = next(pieces);
  await clock.pass(10_000);
  expect(clock.waiting()).toBe(0);
  await tail[Symbol.asyncDispose]();
  expect(kinds(await nothing)).toEqual(['S']);
});

test('an interface that goes ends its part, and the last one ends the stream', async () => {
  const { open, opened } = world(['eth0', 'eth1']);
  const tail = await open();
  const pieces = tail.pieces()[Symbol.asyncIterator]();
  await next(pieces);
  await next(pieces);
  opened[0]?.end('ENODEV');
  opened[1]?.say(new Uint8Array(0), records({ ms: 1, data: Uint8Array.of(1) }));
  expect(kinds(await next(pieces))).toEqual(['P']);
  opened[1]?.end('ENODEV');
  expect(kinds(await next(pieces))).toEqual(['S', 'S']);
  expect((await pieces.next()).done).toBe(true);
});

test('one interface that cannot be read is left out, and only none is an error', async () => {
  const { open, fault } = world(['eth0', 'eth1']);
  fault.set('eth0', Object.assign(new Error('EPERM'), { code: 'EPERM' }));
  await using tail = await open();
  expect(kinds(await next(tail.pieces()[Symbol.asyncIterator]()))).toEqual(['H', 'I']);
  fault.set('eth1', Object.assign(new Error('EPERM'), { code: 'EPERM' }));
  await expect(open()).rejects.toThrow(Unavailable);
});

test('what is asked wrongly, of nothing or of too much is refused', async () => {
  await expect(world().open('wrong')).rejects.toThrow('wrong');
  await expect(world().open('none')).rejects.toThrow('finds no node');
  const many = Array.from({ length: TAIL_NODES_MAX + 1 }, (_, i) => `eth${i}`);
  await expect(world(many).open()).rejects.toThrow(`${many.length} interfaces`);
  const { tails, open } = world();
  for (let i = 0; i < TAILS_MAX; i++) await open();
  await expect(open()).rejects.toThrow('already');
  expect(tails.running).toBe(TAILS_MAX);
  await tails[Symbol.asyncDispose]();
  expect(tails.running).toBe(0);
});
