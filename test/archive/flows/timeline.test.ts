/** Flows of now and of then as one view, held against a plain list. */
import fc from 'fast-check';
import { FlowTimeline } from '../../../src/archive/flow-timeline.ts';
import { FlowWriter } from '../../../src/archive/flow-writer.ts';
import { MemoryFlows } from '../../../src/archive/memory/flows.ts';
import type { Flow } from '../../../src/flow/flow.ts';
import type { FlowQuery } from '../../../src/flow/view.ts';
import { Unavailable } from '../../../src/std/unavailable.ts';
import { fakeClock } from '../../std/fake-clock.ts';
import { ALWAYS, all, answerOf, EXPIRE_MS, lossOf, packetOf, queryOf, question } from './contract.ts';
import { LiveList } from './live-list.ts';
import { flowOf, history, idOf, metricOf, T0 } from './made.ts';

function begin() {
  const clock = fakeClock(T0);
  const archive = new MemoryFlows({ expireMs: EXPIRE_MS });
  const writer = new FlowWriter({ archive, writerId: 'w', host: 'h', lost: () => undefined, clock, batchMax: 3 });
  const live = new LiveList();
  const timeline = new FlowTimeline({ live, archive, flushed: () => writer.flushed() });
  return { archive, writer, live, timeline, clock };
}

/** What becomes of an update: only seen so far, told to the archive, or told as the last of its flow. */
const fate = fc.constantFrom('seen', 'told', 'told', 'over');

test('whatever has been told, and whatever has ended, a question about the past is answered as a plain list answers it', async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.array(fate, { minLength: 60, maxLength: 60 }),
      fc.array(question, { minLength: 3, maxLength: 8 }),
      async (updates, fates, questions) => {
        const { live, writer, timeline } = begin();
        const over = new Set<string>();
        const happened: Flow[] = [];
        for (const [i, flow] of updates.entries()) {
          if (over.has(flow.UUID)) continue;
          happened.push(flow);
          live.flows.set(flow.UUID, flow);
          if (fates[i] !== 'seen') writer.push([flow]);
          if (fates[i] !== 'over') continue;
          live.flows.delete(flow.UUID);
          over.add(flow.UUID);
        }
        for (const ask of questions) {
          const query = queryOf(ask);
          expect(await all(timeline, query)).toEqual(answerOf(happened, query));
          expect(await timeline.count(query)).toBe(answerOf(happened, query).length);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('without a time only what lives is asked', async () => {
  const { archive, live, timeline } = begin();
  await archive.append({ id: 'w-1', flows: [flowOf(1)], rawPackets: [], losses: [] });
  live.flows.set(idOf(2), flowOf(2));
  expect(await all(timeline, { where: [] })).toEqual([flowOf(2)]);
  expect(await timeline.count({ where: [] })).toBe(1);
});

test('a flow that ends while the answer is read comes once', async () => {
  const { live, writer, timeline } = begin();
  for (let n = 0; n < 600; n++) live.flows.set(idOf(n), flowOf(n, { Start: T0 + n }));
  writer.push([...live.flows.values()]);
  const found: string[] = [];
  for await (const batch of timeline.find({ time: ALWAYS, where: [] })) {
    found.push(...batch.map(({ UUID }) => UUID));
    for (const flow of live.flows.values()) writer.push([flow]);
    live.flows.clear();
  }
  expect(found).toHaveLength(600);
  expect(new Set(found).size).toBe(600);
});

test('of the past no more is read than is asked for, also when all of it still lives', async () => {
  const { live, writer, archive } = begin();
  for (let n = 0; n < 2000; n++) live.flows.set(idOf(n), flowOf(n, { Start: T0 + n }));
  writer.push([...live.flows.values()]);
  let read = 0;
  const counting = {
    append: archive.append.bind(archive),
    count: archive.count.bind(archive),
    async *find(query: FlowQuery) {
      for await (const flows of archive.find(query)) {
        read += flows.length;
        yield flows;
      }
    },
  };
  const timeline = new FlowTimeline({
    live,
    archive: Object.assign(Object.create(archive), counting),
    flushed: () => writer.flushed(),
  });
  const found = await all(timeline, { time: ALWAYS, where: [], limit: 10 });
  expect(found.map(({ Start }) => Start - T0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(read).toBeLessThanOrEqual(256);
});

test('who is A may have been another when a flow was archived', async () => {
  const { live, writer, timeline } = begin();
  const ends = (A: string, B: string) => ({ Network: { Protocol: 'IPV4', A, B, ID: 0 } as const });
  writer.push([flowOf(1, ends('10.0.0.2', '10.0.0.1')), flowOf(2, ends('10.0.0.2', '10.0.0.1'))]);
  live.flows.set(idOf(1), flowOf(1, ends('10.0.0.1', '10.0.0.2')));
  const has = (value: string) => ({
    anyOf: [{ field: 'Network.A', test: (is: unknown) => is === value, equals: [value] }],
  });
  for (const [address, count] of [
    ['10.0.0.1', 1],
    ['10.0.0.2', 1],
    ['10.0.0.3', 0],
  ] as const) {
    const query = { time: ALWAYS, where: [has(address)] };
    expect(await timeline.count(query)).toBe(count);
    expect(await all(timeline, query)).toHaveLength(count);
  }
});

test('points are those that are archived and those that are not told yet', async () => {
  const { live, writer, timeline } = begin();
  const first = flowOf(1, { Last: T0 + 10, LastUpdateMetric: metricOf(T0, T0 + 10) });
  writer.push([first]);
  live.flows.set(idOf(1), first);
  const points = async () => (await timeline.metrics([idOf(1)], ALWAYS)).get(idOf(1));
  expect(await points()).toEqual([metricOf(T0, T0 + 10)]);
  live.flows.set(idOf(1), flowOf(1, { Last: T0 + 20, LastUpdateMetric: metricOf(T0 + 11, T0 + 20) }));
  expect(await points()).toEqual([metricOf(T0, T0 + 10), metricOf(T0 + 11, T0 + 20)]);
  expect(await timeline.metrics([idOf(1), idOf(2)])).toEqual(
    new Map([
      [idOf(1), [metricOf(T0 + 11, T0 + 20)]],
      [idOf(2), []],
    ]),
  );
});

test('packets of both come once', async () => {
  const { live, writer, timeline } = begin();
  writer.pushRawPackets([packetOf(1, 0), packetOf(1, 1)]);
  live.packets.set(idOf(1), [packetOf(1, 1).packet, packetOf(1, 2).packet]);
  const found = (await timeline.rawPackets([idOf(1)])).get(idOf(1));
  expect(found?.map(({ index }) => index)).toEqual([0, 1, 2]);
});

test('a loss that both know is told once', async () => {
  const { live, writer, timeline } = begin();
  live.losses = [lossOf(3, T0), { ...lossOf(1, T0), stage: 'socket' }];
  writer.pushLosses([lossOf(2, T0)]);
  expect(await timeline.loss(ALWAYS)).toEqual(live.losses);
  live.losses = [];
  expect(await timeline.loss(ALWAYS)).toEqual([lossOf(2, T0)]);
  expect(await timeline.loss()).toEqual([]);
});

test('while the archive cannot be written to, what it has and what lives is the answer', async () => {
  const { archive, live } = begin();
  await archive.append({ id: 'w-1', flows: [flowOf(1)], rawPackets: [], losses: [] });
  live.flows.set(idOf(2), flowOf(2));
  const flushed = () => Promise.reject(new Unavailable('history', 'room'));
  const timeline = new FlowTimeline({ live, archive, flushed });
  expect(await all(timeline, { time: ALWAYS, where: [] })).toEqual([flowOf(1), flowOf(2)]);
});

test('without an archive the table answers alone', async () => {
  const { live } = begin();
  live.flows.set(idOf(2), flowOf(2));
  const timeline = new FlowTimeline({ live, archive: undefined, flushed: () => Promise.resolve() });
  expect(await all(timeline, { time: ALWAYS, where: [] })).toEqual([flowOf(2)]);
  expect(await timeline.count({ time: ALWAYS, where: [] })).toBe(1);
});
