/** Fragments put together, and what becomes of those that cannot be. */
import { decode, type Options, only, program, type TestPacket } from './engine.ts';
import { type Bytes, ethernet, fragment6, icmp, ipv4, ipv6, text, udp, vxlan } from './frames.ts';

beforeAll(() => {
  program('dump');
}, 120_000);

const defragment: Options = { defragment: 1, payloadBytes: 4000, payloadPackets: 4 };
const datagram = udp(text('x'.repeat(56)));
const hidden = udp(vxlan(5, ethernet(0x0800, ipv4(1, icmp(8)))), { to: 4789 });

/** Cuts at these places. */
function pieces(payload: Bytes, cuts: readonly number[], id = 1, protocol = 17): Bytes[] {
  const ends = [...cuts, payload.length];
  return ends.map((end, at) => {
    const offset = cuts[at - 1] ?? 0;
    return ethernet(0x0800, ipv4(protocol, payload.slice(offset, end), { id, offset, isMore: end < payload.length }));
  });
}

const sum = (frames: readonly Bytes[]): number => frames.reduce((bytes, frame) => bytes + frame.length, 0);

test('a datagram is whole in whatever order its pieces come', () => {
  const [a, b, c] = pieces(datagram, [16, 40]) as [Bytes, Bytes, Bytes];
  for (const order of [
    [a, b, c],
    [c, b, a],
    [b, a, c],
    [b, c, a],
  ]) {
    const seen = only(decode(order, defragment));
    expect(seen).toMatchObject({
      path: 'Ethernet/IPv4/Fragment/UDP',
      packets: [3, 0],
      bytes: [sum(order), 0],
      ip: [1, 0],
    });
    expect(seen.payloads?.map(({ bytes }) => Buffer.from(bytes, 'hex').toString())).toEqual(['x'.repeat(56)]);
    expect(seen.ports).toEqual([1000, 2000]);
  }
});

test('it began with its first piece', () => {
  const [a, b] = pieces(datagram, [16]) as [Bytes, Bytes];
  const seen = only(
    decode(
      [
        { bytes: a, ms: 1000 },
        { bytes: b, ms: 1250 },
      ],
      defragment,
    ),
  );
  expect([seen.firstMs, seen.lastMs]).toEqual([1000, 1250]);
});

test('a piece twice is counted twice and does no harm', () => {
  const [a, b] = pieces(datagram, [16]) as [Bytes, Bytes];
  expect(only(decode([a, a, b], defragment))).toMatchObject({ packets: [3, 0], ip: [1, 0] });
});

test('a tunnel whose packets were cut up is looked into', () => {
  const { seen } = decode(pieces(hidden, [16]), defragment);
  expect(seen.map(({ path, packets }) => [path, packets])).toEqual([
    ['Ethernet/IPv4/Fragment/UDP/VXLAN', [2, 0]],
    ['Ethernet/IPv4/ICMPv4', [1, 0]],
  ]);
});

test('pieces of IPv6 are put together too', () => {
  const frames = [
    ethernet(0x86dd, ipv6(44, fragment6(17, datagram.slice(0, 16), { isMore: true }))),
    ethernet(0x86dd, ipv6(44, fragment6(17, datagram.slice(16), { offset: 16 }))),
  ];
  expect(only(decode(frames, defragment))).toMatchObject({
    path: 'Ethernet/IPv6/Fragment/UDP',
    packets: [2, 0],
    ip: [1, 0],
  });
});

test('datagrams with other numbers do not mix', () => {
  const [a] = pieces(datagram, [16], 1) as [Bytes, Bytes];
  const [, b] = pieces(datagram, [16], 2) as [Bytes, Bytes];
  const seen = only(decode([a, b], { ...defragment, waitMs: 31_000 }));
  expect(seen).toMatchObject({ path: 'Ethernet/IPv4/Fragment', packets: [2, 0], ip: [0, 2] });
});

test('pieces that overlap are given up, and counted', () => {
  const [a] = pieces(datagram, [24]) as [Bytes, Bytes];
  const [, b] = pieces(datagram, [16]) as [Bytes, Bytes];
  expect(only(decode([a, b], defragment))).toMatchObject({
    path: 'Ethernet/IPv4/Fragment',
    packets: [2, 0],
    ip: [0, 1],
  });
});

test('a piece whose others do not come is counted after half a minute of the packets', () => {
  const [a] = pieces(datagram, [16]) as [Bytes, Bytes];
  const other = { bytes: ethernet(0x0800, ipv4(1, icmp(8))), ms: 1_700_000_010_000 };
  const early = decode([a, other], defragment);
  expect(early.seen.map(({ path }) => path)).toEqual(['Ethernet/IPv4/ICMPv4']);
  const late = decode([a, other], { ...defragment, waitMs: 40_000 });
  expect(late.seen.map(({ path, packets }) => [path, packets])).toEqual([
    ['Ethernet/IPv4/ICMPv4', [1, 0]],
    ['Ethernet/IPv4/Fragment', [1, 0]],
  ]);
});

test('a piece that was cut off by the capture is alone', () => {
  const [a, b] = pieces(datagram, [16]) as [Bytes, Bytes];
  const cut: TestPacket = { bytes: b.slice(0, 40), length: b.length };
  const seen = only(decode([a, cut], { ...defragment, waitMs: 31_000 }));
  expect(seen).toMatchObject({ path: 'Ethernet/IPv4/Fragment', packets: [2, 0], bytes: [a.length + b.length, 0] });
});

test('when there are too many the oldest are counted as they are, and said to be dropped', () => {
  const flood = Array.from({ length: 5000 }, (_, id) => pieces(datagram, [16], id)[0] as Bytes);
  const { seen, counters } = decode(flood, { ...defragment, waitMs: 60_000 });
  expect(seen.reduce((packets, { packets: [lo] }) => packets + lo, 0)).toBe(5000);
  expect(counters.fragmentsDropped).toBe(5000 - 4096);
});
