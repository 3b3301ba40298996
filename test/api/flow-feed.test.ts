import { captureStats, Feed } from '../../src/api/flow-feed.ts';
import { LiveFlows } from '../../src/capture/live-flows.ts';
import type { Flow } from '../../src/flow/flow.ts';
import { ObservationWriter } from '../../src/flow/observation-writer.ts';
import { asked, veth, world } from '../capture/world.ts';

test('flows reach who listens, as long as he does', async () => {
  const { flows, clock, it } = made();
  const heard: Flow[] = [];
  const feed = new Feed(flows, it.captures);
  const leave = feed.subscribe({ updated: (some) => heard.push(...some), counted: () => {} });
  const source = flows.open(place);
  flows.observe(source, packet(source, 1));
  await clock.pass(11_000);
  expect(heard).toMatchObject([{ NodeTID: 't1', LastUpdateMetric: { ABPackets: 1 } }]);
  leave();
  flows.observe(source, packet(source, 2));
  await clock.pass(11_000);
  expect(heard).toHaveLength(1);
});

test('totals of a capture are over its nodes, with its flows and what was lost of it', async () => {
  const { flows, it } = made();
  it.say(veth('a'), veth('b'));
  it.captures.create(asked("G.V().Has('Type', 'veth')"));
  await it.pass();
  for (const run of it.runs)
    run.stats = { packetsReceived: 10, packetsDropped: 1, packetsIfDropped: 2, bytesReceived: 0 };
  const source = flows.open(place);
  flows.lost(source, 'kernel-table', 'full', 4, 0);
  flows.lost(source, 'flow-table', 'full', 5, 0);
  flows.lost(source, 'socket', 'full', 6, 0);
  flows.table.observe(packet(source, 1), 1_000_000);
  flows.table.observe(packet(flows.open({ ...place, capture: 'other' }), 2), 1_000_000);
  expect(await captureStats(it.captures, flows)).toEqual([
    {
      CaptureID: 'c1',
      FlowCount: 1,
      FlowDropped: 5,
      KernelFlowDropped: 4,
      PacketsDropped: 6,
      PacketsReceived: 20,
    },
  ]);
});

const place = { node: 't1', capture: 'c1', host: 'h', layers: new Set<string>(), hasTcpMetric: false };

function made() {
  const it = world();
  const flows = new LiveFlows({
    life: { updateMs: 10_000, expireMs: 600_000, applicationMs: {}, finishedMs: 15_000 },
    flowsMax: 1_000,
    host: 'h',
    clock: it.clock,
    elapsed: () => 0,
  });
  return { it, flows, clock: it.clock };
}

function packet(source: number, port: number): Uint8Array {
  const writer = new ObservationWriter();
  writer.add({
    source,
    from: { ip: Uint8Array.of(10, 0, 0, 1), port },
    to: { ip: Uint8Array.of(10, 0, 0, 2), port: 80 },
    protocol: 17,
    layers: ['IPv4', 'UDP'],
    sent: { packets: 1, bytes: 60 },
    firstMs: 1_000_000,
    lastMs: 1_000_000,
  });
  return writer.take();
}
