import { Sampler } from '../../../src/capture/samples/sampler.ts';
import { openPacketDoor } from '../../../src/native/index.ts';
import { asked } from '../asked.ts';
import { packed } from '../collected.ts';
import { Kept, summed, type Told } from '../told.ts';
import { heard } from './heard.ts';

function sampling(filter = '') {
  const sink = new Kept();
  const sampler = new Sampler({
    door: openPacketDoor(),
    options: { ...asked, filter, rawPacketLimit: 2 },
    sink,
    nowMs: () => 1_700_000_000_000,
  });
  return {
    sink,
    sampler,
    take(...datagrams: readonly Uint8Array[]): void {
      for (const datagram of datagrams) sampler.take(datagram);
      sampler.flush();
    },
    between(a: string, b: string): Told | undefined {
      return [...summed(sink.observations).values()].find((told) => told.a === a && told.b === b);
    },
  };
}

/** A datagram of agent 192.0.2.1, with samples that are [format, contents]. */
function datagram(...samples: readonly (readonly [format: number, contents: Uint8Array])[]): Uint8Array {
  const head = packed([4, 5], [4, 1], 'c0000201', [4, 0], [4, 1], [4, 1_000], [4, samples.length]);
  return new Uint8Array([
    ...head,
    ...samples.flatMap(([format, body]) => [...packed([4, format], [4, body.length]), ...body]),
  ]);
}

function flow(
  { sequence = 1, rate = 1, drops = 0, isExpanded = false, source = 3 },
  ...records: readonly (readonly [format: number, contents: Uint8Array])[]
): readonly [number, Uint8Array] {
  const id = isExpanded ? packed([4, 0], [4, source]) : packed([4, source]);
  const interfaces = isExpanded ? packed([4, 0], [4, 1], [4, 0], [4, 2]) : packed([4, 1], [4, 2]);
  const head = [...packed([4, sequence]), ...id, ...packed([4, rate], [4, 100], [4, drops]), ...interfaces];
  const body = records.flatMap(([format, contents]) => [...packed([4, format], [4, contents.length]), ...contents]);
  return [isExpanded ? 3 : 1, new Uint8Array([...head, ...packed([4, records.length]), ...body])];
}

/** UDP 10.0.0.1:40000 to 10.0.0.2:53; its end was not sampled. */
const frame = packed(
  '020000000002 020000000001 0800',
  '4500 05dc 0000 0000 40 11 0000 0a000001 0a000002',
  [2, 40_000],
  [2, 53],
  [2, 1_480],
  [2, 0],
  '01020304',
);
const header = (protocol: number, bytes: Uint8Array, length: number, stripped = 0) =>
  [1, new Uint8Array([...packed([4, protocol], [4, length], [4, stripped], [4, bytes.length]), ...bytes])] as const;
const ipv4 = packed([4, 1_500], [4, 6], '0a000001', '0a000002', [4, 40_000], [4, 80], [4, 2], [4, 0]);
const from = '10.0.0.1:40000';
const to = '10.0.0.2:53';

test('samples of every packet are all packets', () => {
  const { take, between, sink } = sampling();
  take(...heard.flows);
  const connection = [...summed(sink.observations).values()].find(({ b }) => b === '10.7.0.2:8080');
  expect(connection).toMatchObject({
    path: 'Ethernet/IPv4/TCP',
    trackingId: '6df705720595216d',
    isCertain: true,
    ab: [12, 5_800],
    ba: [10, 5_668],
    sampling: 1,
  });
  expect(between('10.7.0.1:0', '10.7.0.2:0')).toMatchObject({
    path: 'Ethernet/IPv4/ICMPv4',
    ab: [3, 294],
    ba: [3, 294],
  });
  // Two of each conversation were asked for.
  expect(sink.rawPackets.length).toBeGreaterThan(0);
});

test('a sample stands for as many packets as its rate says, of the length they had', () => {
  const { take, between, sampler } = sampling();
  take(datagram(flow({ rate: 1_000 }, header(1, frame, 1_518, 4))));
  expect(between(from, to)).toMatchObject({ ab: [1_000, 1_514_000], ba: [0, 0], sampling: 1_000 });
  expect(sampler.stats).toEqual({ packetsReceived: 1_000, bytesReceived: 1_514_000, packetsDropped: 0 });
});

test('rates may differ from source to source', () => {
  const { take, sink } = sampling();
  take(
    datagram(
      flow({ rate: 10, source: 1 }, header(1, frame, 1_514)),
      flow({ rate: 100, source: 2, isExpanded: true }, header(1, frame, 1_514)),
    ),
  );
  expect(sink.observations.map(({ ab, sampling: rate }) => [rate, ...ab])).toEqual([
    [10, 10, 15_140],
    [100, 100, 151_400],
  ]);
});

test('a packet may begin at its network layer', () => {
  const { take, between } = sampling();
  take(datagram(flow({}, header(11, frame.subarray(14), 1_500))));
  expect(between(from, to)).toMatchObject({ path: 'IPv4/UDP', ab: [1, 1_500] });
});

test('what the agent read of a packet is taken where its header was not sent', () => {
  const { take, between } = sampling();
  const ethernet = packed([4, 1_518], '020000000001 0000', '020000000002 0000', [4, 0x0800]);
  take(datagram(flow({ rate: 5 }, [3, ipv4], [2, ethernet], [1001, packed([4, 42], [4, 0], [4, 42], [4, 0])])));
  expect(between(from, '10.0.0.2:80')).toMatchObject({
    path: 'Ethernet/Dot1Q/IPv4/TCP',
    linkId: 42n,
    isCertain: true,
    ab: [5, 7_590],
    sampling: 5,
  });
});

test('IPv6 is read as well', () => {
  const { take, between } = sampling();
  const address = (last: number) => `fd07${'00'.repeat(13)}0${last}`;
  take(
    datagram(flow({}, [4, packed([4, 100], [4, 17], address(1), address(2), [4, 40_000], [4, 53], [4, 0], [4, 0])])),
  );
  expect(between('fd07::1:40000', 'fd07::2:53')).toMatchObject({ path: 'IPv6/UDP', ab: [1, 100] });
});

test('a filter is asked of each sampled packet', () => {
  const { take, sink } = sampling('udp port 53');
  const other = frame.slice();
  other[37] = 54;
  take(datagram(flow({}, header(1, frame, 1_514)), flow({ sequence: 2 }, header(1, other, 1_514))));
  expect(sink.observations.map(({ b }) => b)).toEqual([to]);
});

test('a filter that is none is refused with its reason', () => {
  expect(() => sampling('udp prot 53')).toThrow('filter "udp prot 53": ');
});

test('samples that are missing are counted as what they stand for, of each source', () => {
  const { take, sink } = sampling();
  const sample = (sequence: number, source = 1) => flow({ sequence, source, rate: 10 }, header(1, frame, 1_514));
  take(datagram(sample(1), sample(2), sample(1, 2)), datagram(sample(5), sample(2, 2)));
  expect(sink.losses).toEqual({ 'exporter: samples missing by their numbers': 20 });
});

test('samples that the agent had no room for are counted as well', () => {
  const { take, sink } = sampling();
  const sample = (sequence: number, drops: number) => flow({ sequence, drops, rate: 10 }, header(1, frame, 1_514));
  take(datagram(sample(1, 7), sample(2, 9), sample(3, 1)));
  expect(sink.losses).toEqual({ 'exporter: samples the agent had no room for': 20 });
});

test('counters are summed over the ports of all agents', () => {
  const { take, sink } = sampling();
  take(...heard.counters);
  const { SFlow } = sink.series;
  // Port 2 told 306, then 596 of them, port 3 686.
  expect(SFlow).toMatchObject({ IfInOctets: 596 + 686, IfOutUcastPkts: 10 + 10, OvsDpNHit: 4 });
  // Open vSwitch does not know these, and says so.
  expect(SFlow).not.toHaveProperty('IfInBroadcastPkts');
});

test('a port that begins anew takes nothing away', () => {
  const { take, sink } = sampling();
  const counters = (octets: number): readonly [number, Uint8Array] => {
    const generic = packed([4, 3], [4, 6], [8, 1_000], [4, 1], [4, 3], [8, octets], '00'.repeat(60));
    return [2, new Uint8Array([...packed([4, 1], [4, 3], [4, 1], [4, 1], [4, generic.length]), ...generic])];
  };
  take(datagram(counters(1_000)), datagram(counters(1_500)), datagram(counters(200)));
  expect(sink.series.SFlow).toMatchObject({ IfInOctets: 1_700 });
});

test('what is not understood is skipped, and what is no sFlow is counted', () => {
  const { take, between, sink } = sampling();
  take(datagram([(4_413 << 12) | 1, new Uint8Array(8)], flow({}, [99, new Uint8Array(4)], header(1, frame, 1_514))));
  expect(between(from, to)?.ab).toEqual([1, 1_514]);
  take(new Uint8Array(), packed([4, 4], [4, 1]), packed([4, 5], [4, 3]));
  expect(sink.losses).toEqual({ 'decoder: datagrams that are not sFlow version 5': 3 });
});

test('a sample without anything that is understood is counted', () => {
  const { take, sink } = sampling();
  take(datagram(flow({ rate: 50 }, [99, new Uint8Array(4)])));
  expect(sink.losses).toEqual({ 'decoder: samples without anything that is understood': 50 });
});
