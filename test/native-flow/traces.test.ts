/** The traces of test/pcaps, and what Skydive's own tests know of them. */
import { decodeFile, type Options, only, program, type Seen, trace } from './engine.ts';

const all: Options = { defragment: 1, reassemble: 1 };

beforeAll(() => {
  program('dump');
}, 120_000);

const floored = (ms: readonly number[]): number[] => ms.map(Math.floor);

test('a packet that was cut off counts as long as it was', () => {
  const seen = only(decodeFile(trace('icmpv4-truncated.pcap'), all));
  expect(seen).toMatchObject({ packets: [1, 1], bytes: [1066, 1066], rttNs: 13_104_000 });
});

test('a TCP connection has the time of its handshake and of each flag that was seen', () => {
  const seen = only(decodeFile(trace('simple-tcpv4.pcap'), all));
  expect(seen).toMatchObject({ path: 'Ethernet/IPv4/TCP', rttNs: 33_000, ports: [3333, 36108], flags: 1 | 2 });
  expect(floored(seen.tcp?.synMs ?? [])).toEqual([1490086703768, 1490086703768]);
  expect(floored(seen.tcp?.finMs ?? [])).toEqual([1490086707507, 1490086707507]);
  expect(seen.tcp).toMatchObject({ synTtl: [64, 64], rstMs: [0, 0], segments: [0, 1], payloadBytes: [0, 6] });
});

test('fragments are conversations of their own unless they are put together', () => {
  const apart = decodeFile(trace('ipv4-fragments.pcap'));
  expect(apart.seen.map(({ path, packets }) => [path, packets])).toEqual([
    ['Ethernet/IPv4/Fragment', [0, 2]],
    ['Ethernet/IPv4/ICMPv4', [1, 0]],
  ]);
  const together = only(decodeFile(trace('ipv4-fragments.pcap'), { defragment: 1 }));
  expect(together).toMatchObject({
    path: 'Ethernet/IPv4/Fragment/ICMPv4',
    ip: [1, 0],
    packets: [1, 2],
    bytes: [1442, 1476],
  });
});

test('segments that came before their turn are counted for their sender, with reassembly and without', () => {
  for (const options of [all, {}]) {
    const seen = only(decodeFile(trace('eth-ipv4-tcp-http-ooo.pcap'), options));
    expect(seen.tcp).toMatchObject({ outOfOrder: [0, 3], retransmissions: [0, 0], skipped: [0, 0] });
  }
  const seen = only(decodeFile(trace('eth-ipv4-tcp-http-ooo.pcap'), all));
  expect(seen.tcp?.payloadBytes).toEqual([147, 19884]);
});

test('a page load is six conversations', () => {
  const { seen, counters } = decodeFile(trace('eth-ip4-arp-dns-req-http-google.pcap'), {
    payloadBytes: 512,
    payloadPackets: 4,
  });
  const shown = seen.map(({ path, ports, packets, bytes }) => [path, ports, packets, bytes]);
  expect(shown).toEqual([
    ['Ethernet/ARP', [0, 0], [1, 0], [42, 0]],
    ['Ethernet/ARP', [0, 0], [0, 1], [0, 42]],
    ['Ethernet/IPv4/UDP', [53, 37686], [2, 2], [256, 148]],
    ['Ethernet/IPv4/TCP', [80, 47838], [4, 6], [760, 516]],
    ['Ethernet/IPv4/UDP', [53, 33553], [2, 2], [190, 146]],
    ['Ethernet/IPv4/TCP', [54785, 80], [20, 18], [1475, 21080]],
  ]);
  expect(counters).toMatchObject({ packets: 58, undecoded: 0, notCounted: 0 });
  const request = Buffer.from(seen[3]?.payloads?.[0]?.bytes ?? '', 'hex').toString();
  expect(request).toMatch(/^GET \//);
});

test('GRE in GRE is a chain of three', () => {
  const { seen } = decodeFile(trace('gre-gre-icmpv4.pcap'), all);
  expect(seen.map(({ path, packets, bytes, networkId }) => [path, packets, bytes, networkId])).toEqual([
    ['Ethernet/IPv4/GRE', [5, 5], [810, 810], 0],
    ['IPv4/GRE', [5, 5], [620, 620], 0],
    ['IPv4/ICMPv4', [5, 5], [500, 500], 0],
  ]);
  const [outer, middle, innermost] = seen as [Seen, Seen, Seen];
  expect([outer.parentKey, middle.parentKey, innermost.parentKey]).toEqual(['0'.repeat(16), outer.key, middle.key]);
});

test('MPLS over GRE is one tunnel', () => {
  const { seen } = decodeFile(trace('gre-mpls-icmpv4.pcap'), all);
  expect(seen.map(({ path, packets, bytes, networkId }) => [path, packets, bytes, networkId])).toEqual([
    ['Ethernet/IPv4/GRE/MPLS', [2, 0], [252, 0], 0],
    ['IPv4/ICMPv4', [2, 0], [168, 0], 0],
  ]);
});

test('both ends with one address are told apart by their ports', () => {
  const seen = only(decodeFile(trace('iperf-same-L2L3.pcap'), all));
  expect(seen).toMatchObject({ ports: [5001, 60038], packets: [10, 13], bytes: [668, 263010], flags: 1 | 2 });
});

test('what is above UDP is not looked at', () => {
  const seen = only(decodeFile(trace('ntp-corrupted.pcap'), all));
  expect(seen).toMatchObject({ path: 'Ethernet/Dot1Q/IPv4/UDP', linkId: 202, packets: [1, 0], bytes: [50, 0] });
});

test('MACs tell conversations apart unless the key is of layer 3', () => {
  const byMac = decodeFile(trace('layer-key-mode.pcap')).seen;
  expect(byMac.map(({ trackingId }) => trackingId)).toEqual(['9e42a86914a043b8', '9e42a86914a043b8']);
  expect(new Set(byMac.map(({ key }) => key)).size).toBe(2);
  const byAddress = only(decodeFile(trace('layer-key-mode.pcap'), { isL3Key: 1 }));
  expect(byAddress).toMatchObject({
    trackingId: '9e42a86914a043b8',
    packets: [2, 2],
    bytes: [196, 196],
    icmp: [2, 0, 23604],
  });
});

test('a hundred pings are a hundred conversations of two packets', () => {
  const { seen } = decodeFile(trace('icmpv4-symetric.pcap'), all);
  expect(seen.length).toBe(100);
  expect(new Set(seen.map(({ key }) => key)).size).toBe(100);
  expect(seen.every(({ packets }) => packets[0] === 1 && packets[1] === 1)).toBe(true);
});
