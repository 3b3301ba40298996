import type { SocketBatch } from '../../../src/archive/archive.ts';
import { MemoryArchive } from '../../../src/archive/memory/index.ts';
import { SocketTimeline } from '../../../src/archive/socket-timeline.ts';
import { SocketWriter, type SocketWriterOptions } from '../../../src/archive/socket-writer.ts';
import { SocketTable } from '../../../src/ends/socket-table.ts';
import { Unavailable } from '../../../src/std/unavailable.ts';
import { client, listener, server } from '../../ends/made.ts';
import { fakeClock } from '../../std/fake-clock.ts';

function lab(more: Partial<SocketWriterOptions> = {}, begin = 0) {
  const clock = fakeClock();
  const archive = new MemoryArchive().sockets;
  const batches: SocketBatch[] = [];
  const table = new SocketTable({ begin });
  const writer = new SocketWriter({
    archive: {
      append: async (batch) => {
        batches.push(batch);
        await archive.append(batch);
      },
    },
    writerId: 'w',
    get: (id) => table.get(id),
    clock,
    random: () => 0.5,
    ...more,
  });
  table.listen(writer);
  const view = new SocketTimeline({ live: table, archive, flushed: () => writer.flushed() });
  return { archive, batches, clock, table, view, writer };
}

test('a short socket is written once, when it closed', async () => {
  const { batches, clock, table, writer } = lab();
  table.tell([client]);
  table.close([client.id], 2_000);
  for (let i = 0; i < 4; i++) {
    await clock.pass(5_000);
    writer.beat();
  }
  await clock.pass(1_000);
  const written = batches.flatMap(({ sockets }) => sockets);
  expect(written).toEqual([{ ...client, closedAt: 2_000 }]);
  expect(writer.status()).toEqual({ queued: 0, written: 1, failures: 0, lost: 0, notes: [] });
});

test('one that stays is written when it has stayed, and when it closed', async () => {
  const { batches, clock, table, writer } = lab();
  table.tell([listener]);
  await clock.pass(5_000);
  writer.beat();
  await clock.pass(1_000);
  expect(batches.flatMap(({ sockets }) => sockets)).toEqual([]);
  await clock.pass(5_000);
  writer.beat();
  await clock.pass(1_000);
  table.gone('ns2', 1_020_000);
  await clock.pass(1_000);
  expect(batches.flatMap(({ sockets }) => sockets)).toEqual([listener, { ...listener, closedAt: 1_020_000 }]);
});

test('a sign of life is written even when nothing happens', async () => {
  const { batches, clock, writer } = lab();
  writer.beat();
  await clock.pass(1_000);
  expect(batches).toEqual([{ id: 'w-1', time: 1_000_500, sockets: [] }]);
});

test('what finds no room is counted', async () => {
  const { clock, table, writer } = lab({
    queuedMax: 10,
    archive: { append: async () => Promise.reject(new Unavailable('the archive', 'room')) },
  });
  for (let i = 0; i < 25; i++) {
    table.tell([{ ...client, id: `${i}` }]);
    table.close([`${i}`], 2_000);
  }
  await clock.pass(1_000);
  const { lost, notes, queued } = writer.status();
  expect(lost + queued).toBe(25);
  expect(lost).toBeGreaterThan(0);
  expect(notes.join()).toContain('room');
});

test('a moment that memory knows is answered from it, an older one from both', async () => {
  const { archive, table, view, writer, clock } = lab({}, 5_000);
  await archive.append({ id: 'earlier-1', time: 4_500, sockets: [client, { ...server, closedAt: 3_000 }] });
  await archive.closeLost();
  table.tell([{ ...listener, openedAt: 6_000 }]);
  expect(view.find({})).toHaveLength(1);
  expect(view.find({ time: { from: 7_000, to: 7_000 } })).toHaveLength(1);
  const then = view.find({ time: { from: 2_000, to: 7_000 } });
  await clock.pass(1_000);
  expect((await then).map(({ id }) => id).sort()).toEqual(['ns1/1', 'ns2/2', 'ns2/3']);
  const before = view.find({ time: { from: 4_000, to: 4_000 } });
  await clock.pass(1_000);
  expect((await before).map(({ id }) => id)).toEqual(['ns1/1']);
  await writer.stop();
});

test('a socket that an earlier run knew is one, and as old as it is', async () => {
  const { archive, table, view, clock } = lab({}, 5_000);
  await archive.append({ id: 'earlier-1', time: 4_500, sockets: [listener] });
  await archive.closeLost();
  table.tell([{ ...listener, openedAt: 6_000 }]);
  const found = view.find({ time: { from: 4_000, to: 9_000 } });
  await clock.pass(1_000);
  expect(await found).toEqual([listener]);
});
