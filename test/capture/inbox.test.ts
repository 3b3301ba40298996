import { Inbox } from '../../src/capture/inbox.ts';
import { layout, rawPacketLayout } from '../../src/flow/layout.ts';
import { quiet } from '../std/fake-clock.ts';

test('a large buffer is taken in portions that end where records end, and the event loop turns in between', async () => {
  const it = inbox({ msEach: 10 });
  const all = observations(5_000);
  it.inbox.observe(1, all);
  expect(it.taken).toEqual([]);
  await turn();
  expect(it.taken).toHaveLength(1);
  await it.inbox.settled();
  expect(it.taken.length).toBeGreaterThan(10);
  for (const portion of it.taken) expect(portion.length % layout.fixedBytes).toBe(0);
  expect(Buffer.concat(it.taken).equals(all)).toBe(true);
  expect(it.inbox.waiting).toBe(0);
});

test('what finds no room is counted in packets and bytes', async () => {
  const it = inbox({ bytesMax: 1_000 });
  it.inbox.observe(1, observations(4));
  it.inbox.observe(2, observations(3));
  it.inbox.raw(3, rawPackets(40));
  expect(it.lost).toEqual([
    [2, 9, 3_000],
    [3, 0, 40 * 48],
  ]);
  await it.inbox.settled();
  expect(Buffer.concat(it.taken)).toHaveLength(4 * layout.fixedBytes);
  it.inbox.observe(2, observations(5));
  expect(it.lost).toHaveLength(2);
});

test('of what finds no room what is known is served, and the others are counted', async () => {
  const it = inbox({ bytesMax: 1_000, knownPackets: 2 });
  it.inbox.observe(1, observations(4));
  it.inbox.observe(2, observations(3));
  expect(it.lost).toEqual([[2, 7, 3_000]]);
  await it.inbox.settled();
});

test('order is kept over kinds and places, and settled means taken', async () => {
  const it = inbox({ msEach: 10 });
  it.inbox.observe(1, observations(1));
  it.inbox.raw(1, rawPackets(1));
  let isSettled = false;
  void it.inbox.settled().then(() => {
    isSettled = true;
  });
  it.inbox.observe(2, observations(1));
  await Promise.resolve();
  expect(isSettled).toBe(false);
  await quiet();
  expect([isSettled, it.order]).toEqual([true, ['observe', 'raw', 'observe']]);
  await it.inbox.settled();
});

test('a record without an end, or with the end behind the buffer, harms nothing', async () => {
  const it = inbox();
  const broken = observations(1_000);
  new DataView(broken.buffer).setUint16(500 * layout.fixedBytes, 0, true);
  it.inbox.observe(1, broken);
  it.inbox.observe(1, observations(600).subarray(0, 90_001));
  it.inbox.raw(1, rawPackets(3_000).subarray(0, 100_001));
  await it.inbox.settled();
  expect(it.taken.reduce((sum, { length }) => sum + length, 0)).toBe(broken.length + 90_001 + 100_001);
});

interface Options {
  readonly msEach?: number;
  readonly bytesMax?: number;
  /** Of each buffer. */
  readonly knownPackets?: number;
}

function inbox({ msEach = 0, bytesMax, knownPackets = 0 }: Options = {}) {
  const taken: Uint8Array[] = [];
  const lost: number[][] = [];
  const order: string[] = [];
  let nowMs = 0;
  const take = (kind: string) => (portion: Uint8Array) => {
    nowMs += msEach;
    taken.push(portion);
    order.push(kind);
  };
  const made = new Inbox({
    observe: take('observe'),
    raw: take('raw'),
    known: (bytes) => ({ packets: 3 * (bytes.length / layout.fixedBytes) - knownPackets, bytes: 3_000 }),
    lost: (...its) => lost.push(its),
    elapsed: () => nowMs,
    ...(bytesMax === undefined ? {} : { bytesMax }),
  });
  return { inbox: made, taken, lost, order };
}

/** Each with three packets of 1,000 bytes in all. */
function observations(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count * layout.fixedBytes);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += layout.fixedBytes) {
    view.setUint16(at + layout.size, layout.fixedBytes, true);
    view.setFloat64(at + layout.loPackets, 2, true);
    view.setFloat64(at + layout.loBytes, 900, true);
    view.setFloat64(at + layout.hiPackets, 1, true);
    view.setFloat64(at + layout.hiBytes, 100, true);
  }
  return bytes;
}

/** Of 9 bytes each, which are padded to 16. */
function rawPackets(count: number): Uint8Array {
  const size = rawPacketLayout.headBytes + 16;
  const bytes = new Uint8Array(count * size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += size) view.setUint32(at + rawPacketLayout.captured, 9, true);
  return bytes;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
