/** What TCP packets tell beside being counted. */
import { decode, type Options, only, program, type Seen, type TestPacket } from './engine.ts';
import { ACK, ethernet, FIN, ipA, ipB, ipv4, macA, macB, RST, SYN, tcp, text } from './frames.ts';

beforeAll(() => {
  program('dump');
}, 120_000);

type Given = Parameters<typeof tcp>[1];

const start = 1_700_000_000_000;
const backMac = { from: macB, to: macA };

/** From A (lo, port 1000) `ms` after the start. */
const sent = (ms: number, given: Given, payload = '', ttl = 64): TestPacket => ({
  ms: start + ms,
  bytes: ethernet(0x0800, ipv4(6, tcp(text(payload), given), { ttl })),
});

const answered = (ms: number, given: Given, payload = '', ttl = 64): TestPacket => ({
  ms: start + ms,
  bytes: ethernet(
    0x0800,
    ipv4(6, tcp(text(payload), { from: 2000, to: 1000, ...given }), { from: ipB, to: ipA, ttl }),
    backMac,
  ),
});

const tcpOf = (packets: readonly TestPacket[], options: Options = {}): NonNullable<Seen['tcp']> => {
  const { tcp: part } = only(decode(packets, options));
  if (!part) throw new Error('no TCP part');
  return part;
};

const handshake = [
  sent(0, { flags: SYN, sequence: 100 }),
  answered(10, { flags: SYN | ACK, sequence: 500, acknowledged: 101 }, '', 55),
  sent(11, { sequence: 101, acknowledged: 501 }),
];

test('who sends SYN began, also when its answer is seen first or alone', () => {
  expect(only(decode(handshake)).flags).toBe(2);
  expect(only(decode([handshake[1] as TestPacket])).flags).toBe(2);
  expect(only(decode([answered(0, {}), ...handshake.slice(0, 1)])).flags).toBe(2);
  expect(only(decode([answered(0, {}), sent(1, {})])).flags).toBe(1);
});

test('SYN sent again does not move its time, nor the round trip', () => {
  const again = [handshake[0] as TestPacket, sent(3, { flags: SYN, sequence: 100 }, '', 9), ...handshake.slice(1)];
  const seen = only(decode(again));
  expect(seen.rttNs).toBe(10_000_000);
  expect(seen.tcp).toMatchObject({ synMs: [start, start + 10], synTtl: [64, 55], retransmissions: [1, 0] });
  const both = [...handshake, answered(20, { flags: SYN | ACK, sequence: 500, acknowledged: 101 }, '', 3)];
  expect(only(decode(both)).tcp).toMatchObject({
    synMs: [start, start + 10],
    synTtl: [64, 55],
    retransmissions: [0, 1],
  });
});

test('a refused connection has a round trip too', () => {
  const seen = only(decode([handshake[0] as TestPacket, answered(7, { flags: RST | ACK, acknowledged: 101 })]));
  expect(seen.rttNs).toBe(7_000_000);
  expect(seen.tcp).toMatchObject({ rstMs: [0, start + 7], flags: [SYN, RST | ACK] });
});

test('the same segment twice is sent again, a question whether one lives is not', () => {
  const data = sent(12, { sequence: 101, acknowledged: 501 }, 'hello');
  const keepAlive = sent(5000, { sequence: 105, acknowledged: 501 }, 'o');
  expect(tcpOf([...handshake, data, data]).retransmissions).toEqual([1, 0]);
  expect(tcpOf([...handshake, data, keepAlive]).retransmissions).toEqual([0, 0]);
});

const first = sent(12, { sequence: 101, acknowledged: 501 }, 'aaaaa');
const second = (ms: number): TestPacket => sent(ms, { sequence: 106, acknowledged: 501 }, 'bbbbb');
const third = sent(13, { sequence: 111, acknowledged: 501 }, 'ccccc');

test('a segment that was overtaken is out of order, one that comes a round trip later was sent again', () => {
  expect(tcpOf([...handshake, first, third, second(14)])).toMatchObject({
    outOfOrder: [1, 0],
    retransmissions: [0, 0],
  });
  expect(tcpOf([...handshake, first, third, second(40)])).toMatchObject({
    outOfOrder: [1, 0],
    retransmissions: [1, 0],
  });
});

test('a gap that the receiver does not have is only ours', () => {
  const acknowledged = answered(30, { sequence: 501, acknowledged: 116 });
  const more = sent(31, { sequence: 116, acknowledged: 501 }, 'ddddd');
  expect(tcpOf([...handshake, first, third, acknowledged, more]).outOfOrder).toEqual([1, 0]);
});

test('with reassembly, order is kept account of in bytes', () => {
  const part = tcpOf([...handshake, first, third, second(14)], { reassemble: 1 });
  expect(part).toMatchObject({ segments: [3, 0], payloadBytes: [15, 0], outOfOrder: [1, 0], skipped: [0, 0] });
});

test('a gap that is never filled is skipped when the connection is reset, or when half a minute has passed', () => {
  const reset = tcpOf([...handshake, first, third, sent(20, { flags: RST, sequence: 116 })], { reassemble: 1 });
  expect(reset).toMatchObject({ segments: [2, 0], payloadBytes: [10, 0], skipped: [1, 0], skippedBytes: [5, 0] });
  const late = tcpOf([...handshake, first, third, sent(31_000, { sequence: 116 }, 'd')], { reassemble: 1 });
  expect(late).toMatchObject({ segments: [3, 0], payloadBytes: [11, 0], skipped: [1, 0], skippedBytes: [5, 0] });
  const open = tcpOf([...handshake, first, third], { reassemble: 1 });
  expect(open).toMatchObject({ segments: [1, 0], skipped: [0, 0] });
});

test('a gap of a connection that falls silent is told before it is forgotten', () => {
  const { seen } = decode([...handshake, first, third], { reassemble: 1, idleMs: 1000, drainEvery: 5, waitMs: 2000 });
  expect(seen.map(({ packets }) => packets)).toEqual([
    [4, 1],
    [0, 0],
  ]);
  expect(seen[1]?.tcp).toMatchObject({ skipped: [1, 0], skippedBytes: [5, 0], payloadBytes: [5, 0] });
});

test('numbers that go round are in order', () => {
  const near = 2 ** 32 - 3;
  const packets = [
    sent(0, { sequence: near }, 'aaaaa'),
    sent(1, { sequence: 7 }, 'ccccc'),
    sent(2, { sequence: 2 }, 'bbbbb'),
    sent(3, { sequence: 12 }, 'ddddd'),
  ];
  const part = tcpOf(packets, { reassemble: 1 });
  expect(part).toMatchObject({ segments: [4, 0], payloadBytes: [20, 0], outOfOrder: [1, 0], retransmissions: [0, 0] });
});

test('data and its acknowledgement give the smoothed round trip of the side that was called', () => {
  const packets = [
    ...handshake,
    sent(100, { sequence: 101, acknowledged: 501 }, 'hello'),
    answered(118, { sequence: 501, acknowledged: 106 }, 'world'),
    sent(119, { sequence: 106, acknowledged: 506 }),
  ];
  // SYN 10 ms, then 18 ms: seven eighths of the one, an eighth of the other.
  expect(tcpOf(packets).smoothedRttNs).toBe(11_000_000);
});

test('ports that are used again are another connection', () => {
  const closing = [
    sent(50, { flags: FIN | ACK, sequence: 101 }),
    answered(51, { flags: FIN | ACK, sequence: 501, acknowledged: 102 }),
    sent(52, { sequence: 102, acknowledged: 502 }),
  ];
  const anew = sent(60, { flags: SYN, sequence: 9000 });
  const { seen } = decode([...handshake, ...closing, anew]);
  expect(seen.map(({ packets }) => packets)).toEqual([
    [4, 2],
    [1, 0],
  ]);
  expect(seen[0]?.tcp).toMatchObject({ synMs: [start, start + 10], finMs: [start + 50, start + 51] });
  expect(seen[1]?.tcp).toMatchObject({ synMs: [start + 60, 0], finMs: [0, 0], retransmissions: [0, 0] });
  expect(seen[1]?.key).toBe(seen[0]?.key);
});

test('payload after SYN has the number after it', () => {
  const packets = [sent(0, { flags: SYN, sequence: 100 }, 'fast'), sent(1, { sequence: 105 }, 'open')];
  const seen = only(decode(packets, { payloadBytes: 10, payloadPackets: 2 }));
  expect(seen.payloads?.map(({ sequence }) => sequence)).toEqual([101, 105]);
});
