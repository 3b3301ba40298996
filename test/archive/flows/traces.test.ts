import { FlowTimeline } from '../../../src/archive/flow-timeline.ts';
import { MemoryArchive } from '../../../src/archive/memory/index.ts';
import { TraceFlows } from '../../../src/archive/trace-flows.ts';
import type { Flow } from '../../../src/flow/flow.ts';
import type { FlowQuery, FlowView } from '../../../src/flow/view.ts';
import { flowOf, T0 } from './made.ts';

const YEAR_MS = 365 * 86_400_000;
/** Of a trace that was made long ago, and one of now. */
const old = flowOf(1, { Start: T0 - 10 * YEAR_MS, Last: T0 - 10 * YEAR_MS + 500 });
const young = flowOf(2, { Start: T0, Last: T0 + 500 });

test('flows of traces are found at their own time, those that were captured at theirs', async () => {
  const { traces } = await world([old]);
  expect(await idsOf(traces, at(old.Last))).toEqual([old.UUID]);
  expect(await idsOf(traces, at(young.Last))).toEqual([young.UUID]);
  expect(await idsOf(traces, { from: old.Start - 1, to: young.Last })).toEqual([old.UUID, young.UUID]);
  expect(await traces.count({ time: at(old.Last), where: [] })).toBe(1);
  expect(await traces.count({ time: { from: old.Start, to: young.Last }, where: [] })).toBe(2);
});

test('what a trace holds of the time that is captured comes beside it, and with their points and packets', async () => {
  const same = flowOf(3, { Start: T0 + 100, Last: T0 + 600 });
  const { traces } = await world([same]);
  expect(await idsOf(traces, { from: T0, to: T0 + 1_000 })).toEqual([young.UUID, same.UUID]);
  const span = { from: T0, to: T0 + 1_000 };
  const points = await traces.metrics([young.UUID, same.UUID], span);
  expect([points.get(young.UUID)?.length, points.get(same.UUID)?.length]).toEqual([1, 1]);
  const packets = await traces.rawPackets([same.UUID], span);
  expect(packets.get(same.UUID)).toMatchObject([{ index: 0 }]);
});

test('nothing is opened before a trace comes, and a trace that cannot be kept is refused until it can', async () => {
  let opened = 0;
  let isAway = true;
  const captured = await capturedFlows();
  const traces = new TraceFlows({
    captured,
    expireMs: 600_000,
    open: async () => {
      opened++;
      if (isAway) throw new Error('no room');
      return new MemoryArchive();
    },
  });
  expect(await idsOf(traces, at(young.Last))).toEqual([young.UUID]);
  expect(opened).toBe(0);
  await expect(traces.append(batch('w-1', [old]))).rejects.toThrow('no room');
  isAway = false;
  await traces.append(batch('w-1', [old]));
  expect(await idsOf(traces, at(old.Last))).toEqual([old.UUID]);
  expect(opened).toBe(2);
  await traces[Symbol.asyncDispose]();
});

async function world(ofTrace: readonly Flow[]) {
  const captured = await capturedFlows();
  const traces = new TraceFlows({ captured, expireMs: 600_000, open: async () => new MemoryArchive() });
  await traces.append(batch('w-1', ofTrace));
  return { traces };
}

/** Nothing lives, one flow is archived. */
async function capturedFlows(): Promise<FlowView> {
  const archive = new MemoryArchive();
  await archive.flows.append(batch('main-1', [young]));
  const nothing: FlowView = {
    find: () => [],
    count: () => 0,
    metrics: () => new Map(),
    rawPackets: () => new Map(),
    loss: () => [],
  };
  return new FlowTimeline({ live: nothing, archive: archive.flows, flushed: async () => {} });
}

function batch(id: string, flows: readonly Flow[]) {
  const packet = { timestampMs: T0 + 200, index: 0, data: new Uint8Array(4), length: 4, linkType: 1 };
  return { id, flows, rawPackets: flows.map(({ UUID }) => ({ uuid: UUID, packet })), losses: [] };
}

function at(time: number) {
  return { from: time, to: time };
}

async function idsOf(view: FlowView, time: FlowQuery['time']): Promise<string[]> {
  const found: string[] = [];
  for await (const flows of view.find({ time, where: [] })) found.push(...flows.map(({ UUID }) => UUID));
  return found;
}
