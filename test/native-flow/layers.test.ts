/** Every kind of frame: what it is called, what is cut off it, and what nobody can read. */
import { decode, mutationSeeds, only, program } from './engine.ts';
import { ethernet, gre, icmp, ipv4, text, u16, udp, vlan } from './frames.ts';
import { seeds } from './seeds.ts';

beforeAll(() => {
  program('dump');
}, 120_000);

test.each(seeds)('$name is read to its end', ({ bytes, linkType, paths }) => {
  const { seen, counters } = decode([bytes], {}, linkType);
  expect(seen.map(({ path }) => path)).toEqual(paths);
  expect(counters).toMatchObject({ packets: 1, bytes: bytes.length, undecoded: 0, notCounted: 0 });
});

test.each(seeds)('$name again is the same conversations', ({ bytes, linkType, paths }) => {
  const { seen } = decode([bytes, bytes], {}, linkType);
  expect(seen.map(({ packets }) => packets[0] + packets[1])).toEqual(paths.map(() => 2));
});

test.each(seeds)('$name cut off anywhere is counted as what was there', ({ bytes, linkType, paths }) => {
  const cuts = bytes.map((_, length) => ({ bytes: bytes.slice(0, length), length: bytes.length }));
  const { seen, counters } = decode(cuts, { payloadBytes: 64, payloadPackets: 99 }, linkType);
  const outermost = seen.filter(({ parentKey }) => parentKey === '0'.repeat(16));
  const packets = outermost.reduce((sum, { packets: [lo, hi] }) => sum + lo + hi, 0);
  expect(packets + counters.notCounted).toBe(bytes.length);
  expect(counters.packets).toBe(bytes.length);
  expect(counters.undecoded).toBeGreaterThan(0);
  for (const { path } of seen) expect(paths.some((whole) => whole.startsWith(path))).toBe(true);
});

test('all kinds at once are as many conversations as each by itself', () => {
  const ethernets = seeds.filter(({ linkType }) => linkType === 1);
  const { seen, counters } = decode(ethernets.map(({ bytes }) => bytes));
  expect(counters.undecoded).toBe(0);
  expect(new Set(seen.map(({ key }) => key)).size).toBe(seen.length);
});

test('18 zero bytes to the port of a tunnel are a datagram like any other', () => {
  for (const port of [4789, 6081, 8472, 6635, 51234]) {
    const zeros = ethernet(0x0800, ipv4(17, udp(Array<number>(18).fill(0), { to: port })));
    const back = ethernet(0x0800, ipv4(17, udp(Array<number>(18).fill(0), { from: port })));
    const { seen, counters } = decode([zeros, back]);
    expect(seen.map(({ path }) => path)).toEqual(['Ethernet/IPv4/UDP', 'Ethernet/IPv4/UDP']);
    expect(counters).toMatchObject({ packets: 2, undecoded: 1, notCounted: 0 });
  }
});

test('VLAN tags are packed with the outermost in the lowest 12 bits', () => {
  const frame = ethernet(0x8100, vlan(8, 0x8100, vlan(0xe00a, 0x0800, ipv4(1, icmp(8)))));
  expect(only(decode([frame])).linkId).toBe(40968);
});

test('more VLAN tags than there is room for are not followed', () => {
  const tags = (count: number): number[] =>
    count === 0 ? ipv4(1, icmp(8)) : vlan(count, count === 1 ? 0x0800 : 0x8100, tags(count - 1));
  expect(only(decode([ethernet(0x8100, tags(5))])).path).toMatch(/IPv4\/ICMPv4$/);
  const six = decode([ethernet(0x8100, tags(6))]);
  expect(only(six).path).not.toMatch(/IPv4/);
  expect(six.counters.undecoded).toBe(1);
});

test('tunnels in tunnels are followed eight deep', () => {
  const deep = (levels: number): number[] => (levels === 0 ? ipv4(1, icmp(8)) : ipv4(4, deep(levels - 1)));
  const { seen, counters } = decode([ethernet(0x0800, deep(30))]);
  expect(seen.length).toBe(9);
  expect(counters.undecoded).toBe(1);
});

test('a link type nobody knows is said to be undecoded and not counted', () => {
  const { seen, counters } = decode([text('radio')], {}, 105);
  expect(seen).toEqual([]);
  expect(counters).toMatchObject({ packets: 1, bytes: 5, undecoded: 1, notCounted: 1, notCountedBytes: 5 });
});

test('nothing at all is nothing', () => {
  expect(decode([]).seen).toEqual([]);
  expect(decode([[]]).counters).toMatchObject({ packets: 1, bytes: 0, undecoded: 1, notCounted: 1 });
});

test('a header that lies about lengths ends what can be read', () => {
  const lying = (at: number, value: number): number[] => {
    const frame = ethernet(0x0800, ipv4(17, udp(text('hello'))));
    frame[at] = value;
    return frame;
  };
  const paths = [lying(14, 0x41), lying(14, 0x65), lying(17, 10), lying(39, 3)].map((frame) => {
    const outcome = decode([frame]);
    expect(outcome.counters.undecoded).toBe(1);
    return only(outcome).path;
  });
  expect(paths).toEqual(['Ethernet', 'Ethernet', 'Ethernet/IPv4', 'Ethernet/IPv4/UDP']);
});

test('padding behind a datagram is no payload', () => {
  const frame = [...ethernet(0x0800, ipv4(17, udp(text('hi')))), ...Array<number>(16).fill(0)];
  const seen = only(decode([frame], { payloadBytes: 100, payloadPackets: 1 }));
  expect(seen.payloads?.[0]?.bytes).toBe(Buffer.from('hi').toString('hex'));
  expect(seen.bytes).toEqual([frame.length, 0]);
});

test('a length of zero means all there is', () => {
  const frame = ethernet(0x0800, ipv4(17, udp(text('hi')), { total: 0 }));
  frame.splice(38, 2, ...u16(0));
  expect(only(decode([frame], { payloadBytes: 100, payloadPackets: 1 })).payloads?.[0]?.bytes).toBe('6869');
});

test('seeds of mutation keep their link types', () => {
  expect(Buffer.from(mutationSeeds([{ linkType: 276, bytes: [1] }])).readUInt32LE(36)).toBe(276 * 65536 + 1);
});

test('garbage in a tunnel is no conversation', () => {
  for (const type of [0x0800, 0x86dd]) {
    const outcome = decode([ethernet(0x0800, ipv4(47, gre(type, Array<number>(60).fill(0x11))))]);
    expect(only(outcome).path).toBe('Ethernet/IPv4/GRE');
    expect(outcome.counters).toMatchObject({ undecoded: 1, notCounted: 0 });
  }
});

test('a frame of which nothing has a name is said to be undecoded and not counted', () => {
  const sll = [...u16(0), ...u16(1), ...u16(6), 2, 0, 0, 0, 0, 1, 0, 0, ...u16(0x88cc), 1, 2, 3];
  const { seen, counters } = decode([sll], {}, 113);
  expect(seen).toEqual([]);
  expect(counters).toMatchObject({ undecoded: 1, notCounted: 1 });
});

test('garbage without a link layer is said to be undecoded and not counted', () => {
  const { seen, counters } = decode([Array<number>(60).fill(0x11)], {}, 101);
  expect(seen).toEqual([]);
  expect(counters).toMatchObject({ packets: 1, undecoded: 1, notCounted: 1, notCountedBytes: 60 });
});
