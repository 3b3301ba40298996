/** Traces from the first byte to their flows, through the real decoder. */
import { type TraceKept, Traces } from '../../src/capture/traces.ts';
import type { Flow } from '../../src/flow/flow.ts';
import { openPacketDoor } from '../../src/native/index.ts';

test('a trace becomes flows at the times of its packets, in pieces of any size', async () => {
  const whole = await read([pings(3)]);
  expect(whole.flows).toMatchObject([
    {
      Network: { A: '10.0.0.1', B: '10.0.0.2' },
      Metric: { ABPackets: 3, BAPackets: 0 },
      Start: T0,
      Last: T0 + 2_000,
      NodeTID: '',
      CaptureID: '',
    },
  ]);
  const bytes = pings(3);
  const cut = await read(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)));
  expect(cut.flows).toEqual(whole.flows);
});

test('the same trace twice makes the same flows', async () => {
  const [once, again] = [await read([pings(5)]), await read([pings(5)])];
  expect(again.flows.map(({ UUID }) => UUID)).toEqual(once.flows.map(({ UUID }) => UUID));
});

test('a long pause ends a flow, as it would have then', async () => {
  const { flows } = await read([pings(2, 700_000)]);
  expect(flows.filter(({ FinishType }) => FinishType !== undefined).map(({ Start }) => Start)).toEqual([
    T0,
    T0 + 700_000,
  ]);
});

test.each([
  ['is none', [Buffer.from('this is not a capture file, but long enough to be one')], /cannot be read: .*/],
  ['is empty', [], /cannot be read/],
  ['is cut off in its head', [Buffer.from('d4c3b2a1', 'hex')], /cannot be read/],
])('one that %s is refused with a sentence', async (_, pieces, sentence) => {
  await expect(read(pieces)).rejects.toThrow(sentence);
});

test('of one that is cut off, what was whole is kept', async () => {
  const bytes = pings(3);
  const { flows } = await read([bytes.subarray(0, bytes.length - 5)]);
  expect(flows).toMatchObject([{ Metric: { ABPackets: 2 } }]);
});

const T0 = Date.UTC(2016, 1, 5, 8, 0, 0);

async function read(pieces: readonly Uint8Array[]): Promise<{ flows: Flow[]; kept: TraceKept[] }> {
  const kept: TraceKept[] = [];
  const traces = new Traces({
    door: openPacketDoor(),
    life: { updateMs: 10_000, expireMs: 600_000, applicationMs: {}, finishedMs: 15_000 },
    flowsMax: 1_000,
    host: 'h',
    keep: async (some) => void kept.push(some),
    turn: async () => {},
  });
  async function* all() {
    yield* pieces;
  }
  await traces.read(all());
  expect(traces.running).toBe(0);
  const byUuid = new Map(kept.flatMap(({ flows }) => flows).map((flow) => [flow.UUID, flow]));
  return { flows: [...byUuid.values()], kept };
}

/** A pcap file: echo requests from 10.0.0.1 to 10.0.0.2, one every `everyMs`. */
function pings(count: number, everyMs = 1_000): Buffer {
  const head = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
  const frame = Buffer.from(
    '02000000000202000000000108004500001c000100004001f1ce0a0000010a0000020800f7fe00000001',
    'hex',
  );
  const packets = Array.from({ length: count }, (_, index) => {
    const time = T0 + index * everyMs;
    const record = Buffer.alloc(16);
    record.writeUInt32LE(Math.trunc(time / 1000), 0);
    record.writeUInt32LE((time % 1000) * 1000, 4);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return Buffer.concat([record, frame]);
  });
  return Buffer.concat([head, ...packets]);
}
