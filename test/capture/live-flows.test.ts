import { LiveFlows } from '../../src/capture/live-flows.ts';
import type { Flow } from '../../src/flow/flow.ts';
import { ObservationWriter } from '../../src/flow/observation-writer.ts';
import { fakeClock } from '../std/fake-clock.ts';

const place = { node: 't1', capture: 'c1', host: 'h', layers: new Set<string>(), hasTcpMetric: false };

test('what a capture observes are flows of its place, told each period and when they end', async () => {
  const { flows, clock, told } = world();
  const source = flows.open(place);
  flows.observe(source, seen(source, 3));
  await clock.pass(300);
  expect(flows.stats()).toMatchObject({ flows: 3, places: 1, waitingBytes: 0 });
  expect(await all(flows)).toMatchObject([{ NodeTID: 't1', CaptureID: 'c1' }, {}, {}]);
  await clock.pass(10_000);
  expect(told).toHaveLength(3);
  await clock.pass(600_000);
  expect(flows.stats().flows).toBe(0);
});

test('while who is told has no room, flows go on counting, and one update tells all of it', async () => {
  let hasRoom = false;
  const { flows, clock, told } = world({ hasRoom: () => hasRoom });
  const source = flows.open(place);
  for (let period = 0; period < 3; period++) {
    flows.observe(source, seen(source, 2));
    await clock.pass(10_300);
  }
  expect(told).toEqual([]);
  hasRoom = true;
  await clock.pass(10_300);
  expect(told.map(({ Metric }) => Metric.ABPackets)).toEqual([3, 3]);
});

test('a place that is closed ends its flows, after all that was observed before', async () => {
  const { flows, clock, told } = world();
  const source = flows.open(place);
  flows.observe(source, seen(source, 5));
  await flows.close(source);
  await clock.pass(300);
  expect(told).toHaveLength(5);
  expect(flows.stats()).toMatchObject({ flows: 0, places: 0 });
});

test('what finds no room in the queue is a loss of its place, with its packets and bytes', async () => {
  const { flows } = world({ queueBytesMax: 1_000 });
  const source = flows.open(place);
  flows.observe(source, seen(source, 100));
  expect(flows.table.loss()).toEqual([
    {
      node: 't1',
      capture: 'c1',
      host: 'h',
      stage: 'queue',
      reason: 'the queue of the flow table is full',
      packets: 100,
      bytes: 6_000,
      flows: 0,
      from: 1_000_000,
      to: 1_000_000,
    },
  ]);
});

test('what a mechanism lost is put down to its place, and of a place that is closed to nobody', async () => {
  const { flows } = world();
  const source = flows.open(place);
  flows.lost(source, 'socket', 'ring full', 7, 700);
  flows.lost(source, 'socket', 'ring full', 1, 100);
  flows.lost(99, 'decoder', 'no place', 1, 0);
  expect(flows.table.loss()).toMatchObject([
    { node: 't1', capture: 'c1', stage: 'socket', packets: 8, bytes: 800 },
    { node: '', capture: '', stage: 'decoder', packets: 1 },
  ]);
});

test('at the end all flows are told, in portions that whoever is told can take', async () => {
  const { flows, told } = world();
  const source = flows.open(place);
  for (let part = 0; part < 5; part++) flows.observe(source, seen(source, 2_000, part * 2_000));
  await flows.close(source);
  let waited = 0;
  await flows.end(async () => {
    waited++;
  });
  expect(new Set(told.map(({ UUID }) => UUID)).size).toBe(10_000);
  expect(waited).toBeGreaterThan(2);
});

function world(options: { queueBytesMax?: number; hasRoom?: () => boolean } = {}) {
  const clock = fakeClock();
  const flows = new LiveFlows({
    life: { updateMs: 10_000, expireMs: 600_000, applicationMs: {}, finishedMs: 15_000 },
    flowsMax: 100_000,
    host: 'h',
    clock,
    elapsed: () => 0,
    ...options,
  });
  const told: Flow[] = [];
  flows.table.onUpdate((some) => told.push(...some));
  return { flows, clock, told };
}

/** So many conversations with one packet of 60 bytes each. */
function seen(source: number, count: number, first = 0): Uint8Array {
  const writer = new ObservationWriter();
  for (let index = first; index < first + count; index++)
    writer.add({
      source,
      from: { ip: Uint8Array.of(10, 0, index >> 8, index & 255), port: 1_000 },
      to: { ip: Uint8Array.of(10, 1, 0, 1), port: 80 },
      protocol: 6,
      layers: ['IPv4', 'TCP'],
      sent: { packets: 1, bytes: 60 },
      firstMs: 1_000_000,
      lastMs: 1_000_000,
    });
  return writer.take();
}

async function all({ table }: LiveFlows): Promise<Flow[]> {
  return [...table.find({ where: [] })].flat();
}
