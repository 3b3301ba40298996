/** Growing old in the embedded archive: points become fewer and say the same, what is too old or too much goes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openEmbeddedArchive } from '../../../src/archive/embedded/index.ts';
import { type FlowAges, flowDefaults } from '../../../src/archive/flow-keeping.ts';
import type { Flow, FlowMetric } from '../../../src/flow/flow.ts';
import { eventually } from '../../eventually.ts';
import { ALWAYS, all, batchOf, packetOf } from './contract.ts';
import { flowOf, idOf, metricOf, T0 } from './made.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function open(ages: Partial<FlowAges> = {}, maxBytes = flowDefaults.maxBytes) {
  const directory = mkdtempSync(join(tmpdir(), 'skein-aging-'));
  const archive = await openEmbeddedArchive({
    directory,
    flows: { maxBytes, ages: { ...flowDefaults.ages, flowsMs: 3650 * 24 * HOUR, ...ages } },
  });
  const { flows } = archive;
  if (!flows) throw new Error('it keeps none');
  let n = 0;
  return {
    flows,
    append: (batch: readonly Flow[]) => flows.append(batchOf(`w-${++n}`, batch)),
    async [Symbol.asyncDispose]() {
      await archive[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Time goes on for others, until nothing more becomes of what there was. */
async function settle({ flows, append }: Awaited<ReturnType<typeof open>>, to: number): Promise<void> {
  let before = -1;
  let still = 0;
  for (let i = 0; ; i++) {
    await append([flowOf(1_000 + i, { Start: to + i, LastUpdateMetric: metricOf(to + i, to + i) })]);
    const { points } = await flows.health();
    // A look every second, and what it finds takes a moment.
    await new Promise((resolve) => setTimeout(resolve, 300));
    still = points - i === before ? still + 1 : 0;
    // Longer than from one look to the next, also where that takes its time.
    if (still >= 6) return;
    before = points - i;
  }
}

/** One flow that is told about every ten seconds. */
function life(n: number, updates: number, stepMs = 10_000): Flow[] {
  return Array.from({ length: updates }, (_, i) =>
    flowOf(n, {
      Start: T0,
      Last: T0 + (i + 1) * stepMs - 1,
      LastUpdateMetric: { ...metricOf(T0 + i * stepMs, T0 + (i + 1) * stepMs - 1, i + 1, n), RTT: i },
    }),
  );
}

function sumOf(points: readonly FlowMetric[]) {
  const sum = { ABPackets: 0, ABBytes: 0, BAPackets: 0, BABytes: 0 };
  for (const point of points)
    for (const name of ['ABPackets', 'ABBytes', 'BAPackets', 'BABytes'] as const) sum[name] += point[name];
  return sum;
}

test('points become one for each minute, then for each five, then for each hour', async () => {
  await using archive = await open({ pointsMs: HOUR, points1mMs: 6 * HOUR, points5mMs: 20 * HOUR });
  const told = life(1, 6 * 60 * 26);
  for (let at = 0; at < told.length; at += 500) await archive.append(told.slice(at, at + 500));
  await settle(archive, T0 + 26 * HOUR);
  const points = (await archive.flows.metrics([idOf(1)], ALWAYS)).get(idOf(1)) ?? [];
  const lengths = points.map(({ Start, Last }) => Last - Start + 1);
  const last = T0 + 26 * HOUR;
  for (const [i, { Start }] of points.entries()) {
    const ageMs = last - Start;
    if (ageMs < HOUR) expect(lengths[i]).toBe(10_000);
    if (ageMs > 2 * HOUR && ageMs < 6 * HOUR) expect(lengths[i]).toBe(MINUTE);
    if (ageMs > 13 * HOUR && ageMs < 20 * HOUR) expect(lengths[i]).toBe(5 * MINUTE);
  }
  expect(lengths[2]).toBe(HOUR);
  expect(points.length).toBeLessThan(1_500);
  expect(sumOf(points)).toEqual(sumOf(told.flatMap(({ LastUpdateMetric }) => LastUpdateMetric ?? [])));
  // One after the other, and nothing between.
  for (const [i, { Start }] of points.entries()) if (i > 0) expect(Start).toBe((points[i - 1]?.Last ?? 0) + 1);
  const span = { from: T0 + HOUR, to: T0 + 3 * HOUR };
  expect((await archive.flows.metrics([idOf(1)], span)).get(idOf(1))).toEqual(
    points.filter(({ Start, Last }) => Start <= span.to && Last >= span.from),
  );
  expect((await archive.flows.health()).points).toBe(points.length + (await archive.flows.health()).flows - 1);
}, 60_000);

const rolled = fc.array(
  fc.record({ n: fc.nat(5), passed: fc.oneof(fc.nat(30_000), fc.nat(600_000)), ab: fc.nat(100), ba: fc.nat(100) }),
  { minLength: 60, maxLength: 200 },
);

test('sums are the same however old, of whatever flows', async () => {
  await fc.assert(
    fc.asyncProperty(rolled, async (steps) => {
      await using archive = await open({ pointsMs: 5 * MINUTE, points1mMs: HOUR, points5mMs: 5 * HOUR });
      const newest = new Map<number, Flow>();
      let time = T0;
      const told = steps.map(({ n, passed, ab, ba }) => {
        const before = newest.get(n);
        const since = (before?.Last ?? time) + 1;
        time += passed + 1;
        const flow = flowOf(n, {
          Start: before?.Start ?? since,
          Last: time,
          LastUpdateMetric: metricOf(since, time, ab, ba),
        });
        newest.set(n, flow);
        return flow;
      });
      for (let at = 0; at < told.length; at += 20) await archive.append(told.slice(at, at + 20));
      await settle(archive, time + 12 * HOUR);
      const uuids = [...newest.keys()].map(idOf);
      const found = await archive.flows.metrics(uuids, ALWAYS);
      for (const uuid of uuids) {
        const points = told.flatMap(({ UUID, LastUpdateMetric }) => (UUID === uuid ? (LastUpdateMetric ?? []) : []));
        expect(sumOf(found.get(uuid) ?? [])).toEqual(sumOf(points));
        expect(found.get(uuid)?.at(-1)?.Last).toBe(points.at(-1)?.Last);
        expect(found.get(uuid)?.[0]?.Start).toBe(points[0]?.Start);
      }
    }),
    { numRuns: 2 },
  );
}, 90_000);

test('the oldest slots of a flow that goes on are forgotten', async () => {
  await using archive = await open({
    pointsMs: MINUTE,
    points1mMs: MINUTE,
    points5mMs: MINUTE,
    points1hMs: 100 * HOUR,
  });
  await archive.append(life(1, 400, HOUR));
  await settle(archive, T0 + 400 * HOUR);
  const points = (await archive.flows.metrics([idOf(1)], ALWAYS)).get(idOf(1)) ?? [];
  // A period of sixty hours goes as one.
  expect(points.length).toBeGreaterThanOrEqual(100);
  expect(points.length).toBeLessThanOrEqual(165);
  expect(points.at(-1)?.Last).toBe(T0 + 400 * HOUR - 1);
});

test('age is bounded, of flows and of packets', async () => {
  await using archive = await open({ flowsMs: 2 * HOUR, rawPacketsMs: HOUR });
  const { flows } = archive;
  const rawPackets = [packetOf(1, 0), packetOf(1, 3 * HOUR)];
  await flows.append(batchOf('p-1', [flowOf(1), flowOf(2, { Last: T0 + 3 * HOUR })], { rawPackets }));
  await settle(archive, T0 + 3 * HOUR);
  expect((await all(flows, { time: { from: 0, to: T0 + 3 * HOUR - 1 }, where: [] })).map(({ UUID }) => UUID)).toEqual([
    idOf(2),
  ]);
  expect((await flows.rawPackets([idOf(1)])).get(idOf(1))).toHaveLength(1);
  expect((await flows.health()).range?.from).toBeGreaterThanOrEqual(T0 + HOUR);
});

test('size is bounded: the oldest that ended goes, and appends go on', async () => {
  const maxBytes = 4 * 2 ** 20;
  await using archive = await open({}, maxBytes);
  for (let n = 0; n < 100; n++)
    await archive.append(Array.from({ length: 400 }, (_, i) => flowOf(n * 400 + i, { Start: T0 + n * 10_000 })));
  // What is too much goes in slices, beside other work: on a busy machine that takes its time.
  const isBounded = async () => {
    // A log that a reader held open is cut short by the next one that writes.
    await archive.append([]);
    expect((await archive.flows.health()).sizeBytes).toBeLessThanOrEqual(maxBytes);
  };
  await eventually(isBounded, 60_000);
  const { flows, range } = await archive.flows.health();
  expect(flows).toBeGreaterThan(5_000);
  expect(flows).toBeLessThan(25_000);
  expect(range?.to).toBe(T0 + 990_000);
  expect(range?.from).toBeGreaterThan(T0);
  // What is too much still goes while we ask.
  await eventually(async () =>
    expect(await archive.flows.count({ time: ALWAYS, where: [] })).toBe((await archive.flows.health()).flows),
  );
}, 150_000);
