/** Conversations: what tells them apart, how they are drained, what happens when there are too many. */
import fc from 'fast-check';
import { type Counters, decode, decodeFile, type Outcome, only, pcapOf, program, type Seen, trace } from './engine.ts';
import {
  ACK,
  type Bytes,
  ethernet,
  gre,
  icmp,
  ip6A,
  ip6B,
  ipA,
  ipB,
  ipv4,
  ipv6,
  macA,
  macB,
  SYN,
  tcp,
  text,
  udp,
  vlan,
  vxlan,
} from './frames.ts';
import { seeds } from './seeds.ts';

beforeAll(() => {
  program('dump');
}, 120_000);

const back = { from: ipB, to: ipA };
const backMac = { from: macB, to: macA };
const datagram = (from: number, to = 2000): Bytes => ethernet(0x0800, ipv4(17, udp(text('hello'), { from, to })));

test('both directions are one conversation, with counters for each end', () => {
  const there = ethernet(0x0800, ipv4(17, udp(text('hello'))));
  const here = ethernet(0x0800, ipv4(17, udp([], { from: 2000, to: 1000 }), back), backMac);
  const seen = only(decode([there, here, here]));
  expect(seen).toMatchObject({ lo: '0a000001', hi: '0a000002', ports: [1000, 2000], loMac: '02000000000a' });
  expect(seen).toMatchObject({ packets: [1, 2], bytes: [there.length, 2 * here.length], flags: 0 });
  expect(only(decode([here, there])).flags).toBe(1);
  expect(only(decode([here, there])).key).toBe(seen.key);
});

test('what has no ports is told apart by its protocol', () => {
  const esp = ethernet(0x0800, ipv4(50, text('12345678')));
  const igmp = ethernet(0x0800, ipv4(2, text('12345678')));
  const { seen } = decode([esp, igmp, esp]);
  expect(seen.map(({ path, packets }) => [path, packets])).toEqual([
    ['Ethernet/IPv4/IPSecESP', [2, 0]],
    ['Ethernet/IPv4/IGMP', [1, 0]],
  ]);
  expect(seen[0]?.trackingId).toBe('dda439e77d17c559');
  expect(seen[1]?.trackingId).not.toBe(seen[0]?.trackingId);
});

test('who talks to himself is told apart by what asks and what answers', () => {
  const self = { from: ipA, to: ipA };
  const selfMac = { from: macA, to: macA };
  const [ask, answer] = [8, 0].map((type): Bytes => ethernet(0x0800, ipv4(1, icmp(type), self), selfMac)) as [
    Bytes,
    Bytes,
  ];
  const seen = only(decode([ask, answer]));
  expect(seen).toMatchObject({ packets: [1, 1], flags: 2, rttNs: 1_000_000 });
});

test('the first answer to a ping gives its round trip', () => {
  const ask = { bytes: ethernet(0x86dd, ipv6(58, icmp(128))), ms: 1000 };
  const again = { bytes: ask.bytes, ms: 2000 };
  const answer = (ms: number): { bytes: Bytes; ms: number } => ({
    bytes: ethernet(0x86dd, ipv6(58, icmp(129), { from: ip6B, to: ip6A }), backMac),
    ms,
  });
  expect(only(decode([ask, answer(1003), again, answer(2900)]))).toMatchObject({ rttNs: 3_000_000, icmp: [2, 0, 7] });
});

test('who asks began, whoever was seen first', () => {
  const dns = (isAnswer: boolean): Bytes => [0, 1, isAnswer ? 0x81 : 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  const answer = ethernet(0x0800, ipv4(17, udp(dns(true), { from: 53, to: 999 })));
  const question = ethernet(0x0800, ipv4(17, udp(dns(false), { from: 999, to: 53 }), back), backMac);
  expect(only(decode([answer])).flags).toBe(3);
  expect(only(decode([question])).flags).toBe(3);
  const offer = ethernet(0x0800, ipv4(17, udp([2, 1, 6], { from: 67, to: 68 })));
  const discover = ethernet(0x0800, ipv4(17, udp([1, 1, 6], { from: 68, to: 67 }), back));
  expect(only(decode([offer])).flags).toBe(3);
  expect(only(decode([discover])).flags).toBe(3);
  const echoed = ethernet(0x0800, ipv4(1, icmp(0)));
  expect(only(decode([echoed])).flags).toBe(3);
});

test('what is certain is not changed by what comes later', () => {
  const syn = ethernet(0x0800, ipv4(6, tcp([], { flags: SYN, sequence: 1 })));
  const crossed = ethernet(0x0800, ipv4(6, tcp([], { from: 2000, to: 1000, flags: SYN, sequence: 9 }), back), backMac);
  expect(only(decode([syn, crossed])).flags).toBe(2);
});

test('the same inside a tunnel, in another one and outside is tracked as one, with keys of its own', () => {
  const inner = ethernet(0x0800, ipv4(17, udp(text('hello'))));
  const tunnel = (networkId: number, from: number): Bytes =>
    ethernet(
      0x0800,
      ipv4(17, udp(vxlan(networkId, inner), { from, to: 4789 }), { from: [192, 0, 2, 1], to: [192, 0, 2, 2] }),
    );
  const { seen } = decode([inner, tunnel(1, 40000), tunnel(2, 40000), tunnel(1, 41000)]);
  const insides = seen.filter(({ path }) => path === 'Ethernet/IPv4/UDP');
  expect(new Set(insides.map(({ trackingId }) => trackingId)).size).toBe(1);
  expect(new Set(insides.map(({ key }) => key)).size).toBe(3);
  const outsides = seen.filter(({ path }) => path.endsWith('VXLAN'));
  expect(outsides.map(({ networkId, packets }) => [networkId, packets])).toEqual([
    [1, [2, 0]],
    [2, [1, 0]],
  ]);
  expect(outsides.map(({ key }) => key)).toEqual(insides.slice(1).map(({ parentKey }) => parentKey));
});

test('inner conversations count from their own first layer on', () => {
  const carried = ipv4(1, icmp(8));
  const { seen } = decode([ethernet(0x0800, ipv4(47, gre(0x0800, carried, { key: 9 })))]);
  expect(seen.map(({ bytes, networkId }) => [bytes, networkId])).toEqual([
    [[14 + 20 + 8 + carried.length, 0], 9],
    [[carried.length, 0], 0],
  ]);
});

test('VLANs tell conversations apart, unless the key is of layer 3', () => {
  const tagged = (tag: number): Bytes => ethernet(0x8100, vlan(tag, 0x0800, ipv4(1, icmp(8))));
  const { seen } = decode([tagged(1), tagged(2)]);
  expect(seen.map(({ linkId }) => linkId)).toEqual([1, 2]);
  expect(seen[0]?.trackingId).toBe(seen[1]?.trackingId);
  expect(only(decode([tagged(1), tagged(2)], { isL3Key: 1 })).packets).toEqual([2, 0]);
});

test('packets that are counted elsewhere leave facts only', () => {
  const syn = ethernet(0x0800, ipv4(6, tcp([], { flags: SYN })));
  const answer = ethernet(0x0800, ipv4(6, tcp([], { from: 2000, to: 1000, flags: SYN | ACK }), back), backMac);
  const outcome = decode([syn, answer], { uncounted: 1 });
  expect(only(outcome)).toMatchObject({ packets: [0, 0], bytes: [0, 0], flags: 2 | 8, rttNs: 1_000_000 });
  expect(outcome.counters).toMatchObject({ packets: 0, bytes: 0, notCounted: 0 });
});

test('the first payloads of each end are kept, so much of each', () => {
  const far = ethernet(0x0800, ipv4(17, udp(text('answer'), { from: 2000, to: 1000 }), back), backMac);
  const empty = ethernet(0x0800, ipv4(17, udp([])));
  const seen = only(
    decode([empty, datagram(1000), datagram(1000), datagram(1000), far], { payloadBytes: 4, payloadPackets: 2 }),
  );
  const kept = seen.payloads?.map(({ fromHi, bytes }) => [fromHi, Buffer.from(bytes, 'hex').toString()]);
  expect(kept).toEqual([
    [0, 'hell'],
    [0, 'hell'],
    [1, 'answ'],
  ]);
});

test('payloads go out once', () => {
  const { seen } = decode([datagram(1), datagram(1)], { payloadBytes: 4, payloadPackets: 1, drainEvery: 1 });
  expect(seen.map(({ payloads }) => payloads?.length ?? 0)).toEqual([1, 0]);
});

test('the first packets of each innermost conversation are kept whole', () => {
  const tunnel = ethernet(0x0800, ipv4(47, gre(0x0800, ipv4(1, icmp(8)))));
  const { seen, raw } = decode([tunnel, tunnel, tunnel], { rawPacketLimit: 2, rawBytes: 40 });
  const inner = seen.find(({ path }) => path === 'IPv4/ICMPv4');
  expect(raw.map(({ key, length, bytes, linkType }) => [key, length, bytes.length / 2, linkType])).toEqual([
    [inner?.key, tunnel.length, 40, 1],
    [inner?.key, tunnel.length, 40, 1],
  ]);
});

const many = (count: number): Bytes[] => Array.from({ length: count }, (_, at) => datagram(at + 1, 40_000));
const total = ({ seen }: Outcome): number => seen.reduce((packets, { packets: [lo, hi] }) => packets + lo + hi, 0);
const sure = ({ packets, bytes, undecoded }: Counters): number[] => [packets, bytes, undecoded];

test('what is known stays exact when there is no room for what is new, and that is said', () => {
  const frames = [...many(300), ...many(100)];
  const outcome = decode(frames, { conversationsMax: 100 });
  expect(outcome.seen.length).toBe(100);
  expect(outcome.seen.every(({ packets: [lo] }) => lo === 2)).toBe(true);
  expect(outcome.counters).toMatchObject({
    packets: 400,
    notCounted: 200,
    notCountedBytes: 200 * (frames[0]?.length ?? 0),
  });
});

test('a packet of which several conversations find no room is missing once', () => {
  const tunnel = ethernet(0x0800, ipv4(47, gre(0x0800, ipv4(1, icmp(8)))));
  const outcome = decode([datagram(1), tunnel], { conversationsMax: 1 });
  expect(outcome.counters.notCounted).toBe(1);
});

test('those that were idle make room', () => {
  const packets = [
    ...many(100).map((bytes) => ({ bytes, ms: 1000 })),
    { bytes: datagram(500), ms: 5000 },
    ...many(100).map((bytes) => ({ bytes, ms: 5000 })),
  ];
  const outcome = decode(packets, { conversationsMax: 100, idleMs: 1000, drainEvery: 101 });
  expect(outcome.counters.notCounted).toBe(1);
  expect(total(outcome)).toBe(200);
});

test('a flood makes room a second after it is over, not before who talks', () => {
  const talker = datagram(7, 7);
  const packets = [
    ...[1000, 1000, 1000].map((ms) => ({ bytes: talker, ms })),
    ...many(150).map((bytes) => ({ bytes, ms: 1001 })),
    // The first that finds no room makes those go who were silent for a second: for the next there is.
    ...[2500, 2501].map((ms) => ({ bytes: talker, ms })),
    ...many(50).map((_, at) => ({ bytes: datagram(at + 1, 50_000), ms: 2600 })),
  ];
  const outcome = decode(packets, { conversationsMax: 100, drainEvery: 1 });
  expect(outcome.counters.notCounted).toBe(52);
  expect(total(outcome)).toBe(packets.length - 52);
});

test('a conversation that was forgotten is the same when it comes back', () => {
  const packets = [1000, 100_000, 200_000].map((ms) => ({ bytes: datagram(1), ms }));
  const { seen } = decode(packets, { idleMs: 1000, drainEvery: 1 });
  expect(seen.map(({ packets: [lo] }) => lo)).toEqual([1, 1, 1]);
  expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
});

test('many conversations are told apart and found again', () => {
  const outcome = decode([...many(30_000), ...many(30_000)], { batch: 1000 });
  expect(outcome.seen.length).toBe(30_000);
  expect(outcome.seen.every(({ packets: [lo] }) => lo === 2)).toBe(true);
});

/** Sums by conversation, as a flow table makes them. */
function summed({ seen }: Outcome): Map<string, unknown> {
  const flows = new Map<
    string,
    { seen: Seen; numbers: number[]; firstMs: number; lastMs: number; payloads: unknown[] }
  >();
  for (const one of seen) {
    const numbers = [...one.packets, ...one.bytes, ...(one.ip ?? [0, 0])];
    if (one.tcp) {
      const { retransmissions, outOfOrder, segments, payloadBytes, skipped, skippedBytes } = one.tcp;
      numbers.push(...retransmissions, ...outOfOrder, ...segments, ...payloadBytes, ...skipped, ...skippedBytes);
    }
    const flow = flows.get(one.key);
    flows.set(one.key, {
      seen: one,
      numbers: numbers.map((number, at) => number + (flow?.numbers[at] ?? 0)),
      firstMs: Math.min(one.firstMs, flow?.firstMs ?? Infinity),
      lastMs: Math.max(one.lastMs, flow?.lastMs ?? 0),
      payloads: [...(flow?.payloads ?? []), ...(one.payloads ?? [])],
    });
  }
  const entries = [...flows].map(([key, { seen: last, ...sums }]): [string, unknown] => [
    key,
    { ...sums, path: last.path, flags: last.flags, rttNs: last.rttNs, syn: last.tcp?.synMs, fin: last.tcp?.finMs },
  ]);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

test('drained at any time, in any portions, the sums are the same', () => {
  const options = {
    reassemble: 1,
    defragment: 1,
    payloadBytes: 100,
    payloadPackets: 3,
    rawPacketLimit: 2,
    rawBytes: 50,
  };
  const frames = seeds.filter(({ linkType }) => linkType === 1).map(({ bytes }) => bytes);
  const made = pcapOf([...frames, ...frames.toReversed(), ...many(50), ...frames]);
  const files = [
    made,
    trace('eth-ip4-arp-dns-req-http-google.pcap'),
    trace('gre-gre-icmpv4.pcap'),
    trace('ipv4-fragments.pcap'),
  ];
  for (const file of files) {
    const whole = decodeFile(file, options);
    const expected = summed(whole);
    const schedule = fc.record({
      drainEvery: fc.integer({ min: 1, max: 80 }),
      most: fc.integer({ min: 1, max: 40 }),
      batch: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(schedule, (how) => {
        const drained = decodeFile(file, { ...options, ...how });
        expect(summed(drained)).toEqual(expected);
        expect(sure(drained.counters)).toEqual(sure(whole.counters));
        expect(drained.raw.length).toBe(whole.raw.length);
      }),
      { numRuns: 8 },
    );
  }
});

test('outer conversations come before those they carry', () => {
  const frames = seeds.filter(({ linkType }) => linkType === 1).map(({ bytes }) => bytes);
  const { seen } = decode([...frames, ...frames], { drainEvery: 7, most: 3 });
  const known = new Set(['0'.repeat(16)]);
  for (const { key, parentKey } of seen) {
    expect(known.has(parentKey)).toBe(true);
    known.add(key);
  }
});

test('the millisecond of a time is that of the packet', () => {
  for (const ms of [1_700_000_000_010, 1_795_273_200_007, 1_795_273_200_007.9995, 1_490_086_703_768.977]) {
    const seen = only(decode([{ bytes: datagram(1), ms }]));
    expect(Math.floor(seen.firstMs)).toBe(Math.floor(ms));
    expect(Math.abs(seen.firstMs - ms)).toBeLessThan(0.0005);
  }
});

test('payloads are still kept when drains never come to an end', () => {
  const frames = Array.from({ length: 100 }, (_, at) =>
    ethernet(0x0800, ipv4(17, udp(Array<number>(1400).fill(1), { from: at + 1 }))),
  );
  const { seen } = decode(frames, { payloadBytes: 1400, payloadPackets: 1, drainEvery: 10, most: 3 });
  expect(seen.every(({ payloads }) => payloads?.length === 1)).toBe(true);
});
