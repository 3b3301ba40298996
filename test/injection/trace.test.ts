/** Traces that are to be sent: which conversations are in them, and what cannot be sent. */

import { trackingOf } from '../../src/flow/tuple-tracking.ts';
import { TRACKING_IDS_MAX } from '../../src/injection/limits.ts';
import { packetSeries } from '../../src/injection/packet/series.ts';
import { traceFrames } from '../../src/injection/trace/frames.ts';
import { traceTracking } from '../../src/injection/trace/tracking.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import { pcapngHeader, pcapngInterface, pcapngPacket } from '../../src/std/pcapng.ts';
import { probing } from './probing.ts';

const met = () => undefined;
const macs = { source: Uint8Array.of(2, 0, 0, 0, 0, 1), destination: Uint8Array.of(2, 0, 0, 0, 0, 2) };
const frame = (sourcePort: number) => packetSeries(probing('udp4', { sourcePort }), macs)(0);
const idOf = (aPort: number) => trackingOf({ protocol: 17, a: '10.0.0.1', b: '10.0.0.2', aPort, bPort: 80 });

function traceOf(frames: readonly Uint8Array[], { linkType = 1, cut = 0, tail = 0 } = {}): string {
  const packets = frames.map((bytes, at) => {
    const data = bytes.subarray(0, bytes.length - cut);
    return pcapngPacket({ interface: 0, timestampNs: BigInt(at) * 1_000_000n, data, length: bytes.length });
  });
  const file = Buffer.concat([pcapngHeader('test'), pcapngInterface({ linkType, snapLength: 0 }), ...packets]);
  return file.subarray(0, file.length - tail).toString('base64');
}

test('each conversation of a trace is told by its id, in the order they come, up to a bound', async () => {
  const door = openPacketDoor();
  const ports = [7_000, 7_001, 7_000];
  expect(await traceTracking(door, traceOf(ports.map(frame)), met)).toEqual([idOf(7_000), idOf(7_001)]);
  const many = traceOf(Array.from({ length: TRACKING_IDS_MAX + 10 }, (_, at) => frame(10_000 + at)));
  const ids = await traceTracking(door, many, met);
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([
    TRACKING_IDS_MAX,
    idOf(10_000),
    idOf(10_000 + TRACKING_IDS_MAX - 1),
  ]);
});

test.each<[string, string, RegExp]>([
  [
    'what is no trace',
    Buffer.from('GET / HTTP/1.1\r\n\r\n, and more').toString('base64'),
    /the trace cannot be read: /,
  ],
  ['what is no base64', '!!!!', /it is empty/],
  ['one without a packet', traceOf([]), /there is no packet in it/],
  ['one of another link', traceOf([frame(1)], { linkType: 101 }), /packet 1 of the trace is no frame of Ethernet/],
  ['packets that were cut off', traceOf([frame(1)], { cut: 4 }), /packet 1 of the trace was cut off/],
  ['half of a trace', traceOf([frame(1), frame(2)], { tail: 8 }), /the trace cannot be sent: /],
])('%s is refused before anything is sent', async (_, trace, sentence) => {
  await expect(traceTracking(openPacketDoor(), trace, met)).rejects.toThrow(sentence);
});

test('frames are read as they are, with their times', async () => {
  const frames = await traceFrames(openPacketDoor(), traceOf([frame(1), frame(2)]), met);
  expect(frames.map(({ bytes, atMs }) => [Buffer.from(bytes).equals(frame(atMs + 1)), atMs])).toEqual([
    [true, 0],
    [true, 1],
  ]);
});
