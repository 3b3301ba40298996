import type { FlowBatch } from '../../../src/archive/archive.ts';
import { FlowWriter, type FlowWriterOptions } from '../../../src/archive/flow-writer.ts';
import type { Loss } from '../../../src/flow/loss.ts';
import { Unavailable } from '../../../src/std/unavailable.ts';
import { fakeClock, quiet } from '../../std/fake-clock.ts';
import { lossOf, packetOf } from './contract.ts';
import { flowOf, idOf, metricOf, T0 } from './made.ts';

function begin(options: Partial<FlowWriterOptions> = {}) {
  const clock = fakeClock(T0);
  const kept: FlowBatch[] = [];
  const tried: string[] = [];
  const losses: Loss[] = [];
  const world: { trouble: Error | undefined } = { trouble: undefined };
  const writer = new FlowWriter({
    archive: {
      async append(batch) {
        tried.push(batch.id);
        if (world.trouble) throw world.trouble;
        kept.push(batch);
      },
    },
    writerId: 'boot',
    host: 'h',
    lost: (loss) => losses.push(loss),
    clock,
    random: () => 1,
    ...options,
  });
  return { writer, clock, kept, tried, losses, world };
}

const some = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => flowOf(from + i));

test('what is told within some time is one batch, flows, packets and losses', async () => {
  const { writer, clock, kept } = begin();
  writer.push(some(0, 2));
  writer.pushRawPackets([packetOf(1, 0)]);
  writer.pushLosses([lossOf(1, T0)]);
  writer.pushLosses([]);
  writer.push(some(2, 3));
  expect(writer.status()).toMatchObject({ queued: 3, written: 0 });
  await clock.pass(200);
  expect(kept).toEqual([{ id: 'boot-1', flows: some(0, 3), rawPackets: [packetOf(1, 0)], losses: [lossOf(1, T0)] }]);
  expect(writer.status()).toMatchObject({ queued: 0, written: 3, rawPacketsWritten: 1, batches: 1, notes: [] });
});

test('enough for a batch does not wait, and comes in order', async () => {
  const { writer, kept } = begin({ batchMax: 2 });
  writer.push(some(0, 5));
  await writer.flushed();
  expect(kept.map(({ id, flows }) => [id, flows.length])).toEqual([
    ['boot-1', 2],
    ['boot-2', 2],
    ['boot-3', 1],
  ]);
});

test('while the archive is away what comes waits, and goes under the same name when it is back', async () => {
  const { writer, clock, tried, kept, world } = begin();
  world.trouble = new Unavailable('history', 'room');
  writer.push(some(0, 1));
  await clock.pass(1_000);
  expect(new Set(tried)).toEqual(new Set(['boot-1']));
  expect(tried.length).toBeGreaterThan(2);
  await expect(writer.flushed()).rejects.toThrow('history: needs room');
  expect(writer.status().notes).toEqual(['flows are not written for now: history: needs room']);
  world.trouble = undefined;
  await clock.pass(5_000);
  expect(kept.map(({ id }) => id)).toEqual(['boot-1']);
  expect(writer.status()).toMatchObject({ lost: { flows: 0, rawPackets: 0 }, notes: [] });
});

test('what finds no room to wait is a loss with its place, and the newest is kept', async () => {
  const { writer, clock, kept, losses, world } = begin({ flowsQueuedMax: 10 });
  world.trouble = new Unavailable('history', 'room');
  const flows = Array.from({ length: 12 }, (_, n) =>
    flowOf(n, { NodeTID: n === 1 ? 'other' : 'node-1', LastUpdateMetric: metricOf(T0 + n, T0 + n + 5, 2, 1) }),
  );
  writer.push(flows);
  const all = { host: 'h', capture: 'capture-1', stage: 'archive', reason: 'no room to wait for the archive' } as const;
  expect(losses).toEqual([
    { ...all, node: 'node-1', packets: 6, bytes: 520, flows: 2, from: T0, to: T0 + 2 },
    { ...all, node: 'other', packets: 3, bytes: 260, flows: 1, from: T0 + 1, to: T0 + 1 },
  ]);
  world.trouble = undefined;
  await clock.pass(5_000);
  expect(kept.flatMap((batch) => batch.flows)).toEqual(flows.slice(3));
  expect(writer.status()).toMatchObject({
    lost: { flows: 3, rawPackets: 0 },
    notes: ['lost for lack of room or refused: 3 updates of flows, 0 packets'],
  });
});

test('packets have a bound in number and in bytes', async () => {
  const { writer, losses, kept } = begin({ packetsQueuedMax: 3, packetBytesQueuedMax: 130 });
  writer.pushRawPackets([packetOf(1, 0), packetOf(1, 1), packetOf(1, 2)]);
  expect(losses).toEqual([
    {
      node: '',
      capture: '',
      host: 'h',
      stage: 'archive',
      reason: 'packets kept of flows: no room to wait for the archive',
      packets: 1,
      bytes: 1_500,
      flows: 0,
      from: T0 + 0.25,
      to: T0 + 0.25,
    },
  ]);
  await writer.flushed();
  expect(kept[0]?.rawPackets.map(({ packet }) => packet.index)).toEqual([1, 2]);
});

test('losses are never dropped: those of one place and reason become one', async () => {
  const { writer, kept } = begin();
  for (let n = 0; n < 5_000; n++) writer.pushLosses([lossOf(1, T0 + n)]);
  await writer.flushed();
  const told = kept.flatMap(({ losses }) => losses);
  expect(told.length).toBeLessThanOrEqual(1_000);
  expect(told.reduce((sum, { packets }) => sum + packets, 0)).toBe(5_000);
});

test('a batch that cannot be kept at all is a loss after some tries, and does not hold up the next', async () => {
  const { writer, clock, kept, losses, world } = begin();
  world.trouble = new Error('no such column');
  writer.push(some(0, 1));
  await clock.pass(1_000);
  expect(losses).toMatchObject([{ reason: 'refused by the archive', flows: 1 }]);
  world.trouble = undefined;
  writer.push(some(1, 2));
  await writer.flushed();
  expect(kept.flatMap(({ flows }) => flows.map(({ UUID }) => UUID))).toEqual([idOf(1)]);
});

test('stopping writes what waits, and counts what it cannot', async () => {
  const { writer, kept, losses } = begin();
  writer.push(some(0, 3));
  await writer.stop();
  expect(kept).toHaveLength(1);
  expect(losses).toEqual([]);

  const away = begin();
  away.world.trouble = new Unavailable('history', 'room');
  away.writer.push(some(0, 3));
  const stopped = away.writer.stop();
  await quiet();
  await away.clock.pass(6_000);
  await stopped;
  expect(away.writer.status().lost.flows).toBe(3);
  expect(away.losses).toMatchObject([{ flows: 3 }]);
});
