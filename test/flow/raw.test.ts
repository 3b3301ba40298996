import { layout, rawPacketLayout } from '../../src/flow/layout.ts';
import { ObservationReader } from '../../src/flow/observation.ts';
import type { KeptPacket } from '../../src/flow/raw-intake.ts';
import { client, flowsIn, observations, tableOf } from './seen.ts';

/** A record of a packet of the conversation of these observations. */
function record(of: Uint8Array, data: readonly number[], ms = 1000.25): Uint8Array {
  const reader = new ObservationReader(of);
  reader.next();
  const bytes = new Uint8Array(rawPacketLayout.headBytes + Math.ceil(data.length / 8) * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(rawPacketLayout.key, reader.uint32(layout.key), true);
  view.setUint32(rawPacketLayout.key + 4, reader.uint32(layout.key + 4), true);
  view.setUint32(rawPacketLayout.source, reader.source, true);
  view.setUint32(rawPacketLayout.linkType, 1, true);
  view.setFloat64(rawPacketLayout.ms, ms, true);
  view.setUint32(rawPacketLayout.length, 1514, true);
  view.setUint32(rawPacketLayout.captured, data.length, true);
  bytes.set(data, rawPacketLayout.headBytes);
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

test('packets are kept with their flow, numbered, and told', () => {
  const { table } = tableOf();
  const told: KeptPacket[] = [];
  table.onRaw((packets) => told.push(...packets));
  const seen = observations({});
  table.observe(seen, 0);
  table.raw(joined(record(seen, [1, 2, 3]), record(seen, [4], 2000)));
  const [flow] = flowsIn(table);
  const uuid = flow?.UUID as string;
  expect(flow?.RawPacketsCaptured).toBe(2);
  const packets = [
    { timestampMs: 1000.25, index: 0, data: new Uint8Array([1, 2, 3]), length: 1514, linkType: 1 },
    { timestampMs: 2000, index: 1, data: new Uint8Array([4]), length: 1514, linkType: 1 },
  ];
  expect(table.rawPackets([uuid, 'nothing'])).toEqual(new Map([[uuid, packets]]));
  expect(table.rawPackets([uuid], { from: 1500, to: 2000 }).get(uuid)).toEqual([packets[1]]);
  expect(told).toEqual(packets.map((packet) => ({ uuid, packet })));
  table.finish();
  expect(table.stats()).toMatchObject({ rawBytes: 0, rawPackets: 2 });
});

test('there is a bound: what finds no room is told, numbered and counted, but not kept', () => {
  const { table } = tableOf({ rawBytesMax: 5 });
  let told = 0;
  table.onRaw((packets) => {
    told += packets.length;
  });
  const seen = observations({});
  table.observe(seen, 0);
  table.raw(joined(record(seen, [1, 2, 3]), record(seen, [4, 5, 6]), record(seen, [7, 8])));
  const [flow] = flowsIn(table);
  expect(
    table
      .rawPackets([flow?.UUID as string])
      .get(flow?.UUID as string)
      ?.map(({ index }) => index),
  ).toEqual([0, 2]);
  expect(flow?.RawPacketsCaptured).toBe(3);
  expect(told).toBe(3);
  expect(table.stats()).toMatchObject({ rawPackets: 3, rawRefused: 1, rawBytes: 5 });
  expect(table.loss()).toMatchObject([{ node: 'node-1', stage: 'raw-packets', packets: 1, bytes: 1514 }]);
});

test('a packet without a flow, and a record that cannot be, are counted', () => {
  const { table } = tableOf();
  const seen = observations({});
  table.observe(seen, 0);
  table.raw(record(observations({ from: { ...client, port: 1 } }), [1]));
  expect(table.stats()).toMatchObject({ rawPackets: 0, rawRefused: 1 });
  expect(table.loss()).toMatchObject([{ stage: 'raw-packets', reason: 'no flow for a raw packet', packets: 1 }]);
  const long = record(seen, [1]);
  new DataView(long.buffer).setUint32(rawPacketLayout.captured, 9, true);
  table.raw(joined(record(seen, [1]), long));
  expect(table.stats()).toMatchObject({ rawPackets: 1, rawRefused: 2 });
});
