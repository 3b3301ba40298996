/** Capture files, through the decoder's front; no root is needed. */
import fc from 'fast-check';
import { openPacketDoor } from '../../src/native/index.ts';
import type { Decoder } from '../../src/native/packets.ts';
import {
  block,
  described,
  joined,
  packetBlock,
  pcapFile,
  section,
  udpFrame,
  udpPacket,
  Words,
} from '../capture/files.ts';
import { observed } from '../capture/observed.ts';

const door = openPacketDoor();
const S = 1_700_000_000;
const frame = udpFrame();

function decoder(): Decoder {
  return door.openDecoder({ source: 7 });
}

/** What one file holds, read as a whole. */
function read(file: Uint8Array, given = decoder()) {
  const { packets, lastMs } = given.file(file);
  const seen = observed(given.drain(lastMs).observations);
  return { packets, lastMs, seen, missing: given.end() };
}

function refusal(action: () => unknown): { code?: string; message: string; offset?: number } {
  try {
    action();
  } catch (error) {
    return error as { code?: string; message: string; offset?: number };
  }
  return { message: 'nothing was refused' };
}

test.each([
  { magic: 0xa1b2c3d4, isLittle: true, fraction: 250_000 },
  { magic: 0xa1b2c3d4, isLittle: false, fraction: 250_000 },
  { magic: 0xa1b23c4d, isLittle: true, fraction: 250_000_000 },
  { magic: 0xa1b23c4d, isLittle: false, fraction: 250_000_000 },
])('pcap is read in either order, in µs and ns: %o', ({ magic, isLittle, fraction }) => {
  const packet = { data: frame, s: S, fraction, length: 1000 };
  const { packets, seen, lastMs, missing } = read(pcapFile([packet, { ...packet, s: S + 1 }], { magic, isLittle }));
  expect({ packets, lastMs, missing }).toEqual({ packets: 2, lastMs: (S + 1) * 1000 + 250, missing: undefined });
  expect(seen).toEqual([
    {
      source: 7,
      layers: 'Ethernet/IPv4/UDP',
      ports: [4000, 53],
      vlan: 0,
      packets: 2,
      bytes: 2000,
      firstMs: S * 1000 + 250,
      lastMs: (S + 1) * 1000 + 250,
    },
  ]);
});

test.each([101, 12, 14, 228])('a file of raw IP (link type %i) is read', (linkType) => {
  expect(read(pcapFile([{ data: udpPacket(), s: S }], { linkType })).seen[0]?.layers).toBe('IPv4/UDP');
});

test('what a link type has above its 16 bits is of no matter', () => {
  expect(read(pcapFile([{ data: frame, s: S }], { linkType: 0x14000001 })).seen[0]?.layers).toBe('Ethernet/IPv4/UDP');
});

test.each([true, false])('pcapng is read in either order (little: %p)', (isLittle) => {
  const micros = BigInt(S) * 1_000_000n;
  const file = joined(
    section(isLittle),
    described({ isLittle }),
    packetBlock(frame, micros + 1500n, { isLittle, length: 500 }),
  );
  const { packets, seen, lastMs } = read(file);
  expect({ packets, lastMs, bytes: seen[0]?.bytes }).toEqual({ packets: 1, lastMs: S * 1000 + 1.5, bytes: 500 });
});

test.each([
  { resolution: 6, time: BigInt(S) * 1_000_000n + 250_000n, ms: 250 },
  { resolution: 9, time: BigInt(S) * 1_000_000_000n + 250_000_000n, ms: 250 },
  { resolution: 3, time: BigInt(S) * 1000n + 250n, ms: 250 },
  { resolution: 0, time: BigInt(S), ms: 0 },
  { resolution: 10, time: BigInt(S) * 10_000_000_000n + 2_500_000_000n, ms: 250 },
  { resolution: 0x80 | 20, time: (BigInt(S) << 20n) + (1n << 18n), ms: 250 },
  { resolution: 0x80 | 1, time: (BigInt(S) << 1n) + 1n, ms: 500 },
])('times of an interface of resolution $resolution are understood', ({ resolution, time, ms }) => {
  const { lastMs } = read(joined(section(), described({ resolution }), packetBlock(frame, time)));
  expect(lastMs).toBe(S * 1000 + ms);
});

test.each([3600, -3600])('an interface of which the clock is %i s off', (offsetS) => {
  const file = joined(section(), described({ offsetS }), packetBlock(frame, BigInt(S) * 1_000_000n));
  expect(read(file).lastMs).toBe((S + offsetS) * 1000);
});

test('times that no clock says stay times', () => {
  const far = 2n ** 64n - 1n;
  for (const resolution of [0, 6, 9, 0x80, 0xff, 127])
    expect(
      read(joined(section(), described({ resolution, offsetS: 2 ** 40 }), packetBlock(frame, far))).lastMs,
    ).toBeGreaterThan(0);
  expect(read(joined(section(), described({ offsetS: -(2 ** 50) }), packetBlock(frame, 1n))).lastMs).toBe(0);
});

test('interfaces of one file may differ; those of the next section are others; what is unknown is passed over', () => {
  const at = BigInt(S) * 1_000_000n;
  const unknown = block(0x0bad, new Words().bytes(new Uint8Array(1001).fill(9)));
  const file = joined(
    section(),
    described(),
    unknown,
    described({ linkType: 101 }),
    packetBlock(frame, at),
    packetBlock(udpPacket(), at, { interface: 1 }),
    section(false),
    described({ linkType: 101, isLittle: false }),
    packetBlock(udpPacket(5000), at, { isLittle: false }),
  );
  const { packets, seen } = read(file);
  expect(packets).toBe(3);
  expect(seen.map(({ layers, ports }) => `${layers} ${ports[0]}`).sort()).toEqual([
    'Ethernet/IPv4/UDP 4000',
    'IPv4/UDP 4000',
    'IPv4/UDP 5000',
  ]);
});

test('a simple packet has the time of the one before, and the length its interface allows', () => {
  const simple = block(3, new Words().u32(900).bytes(frame));
  const file = joined(section(), described({ snapLength: 60 }), packetBlock(frame, BigInt(S) * 1_000_000n), simple);
  const { seen } = read(file);
  expect(seen[0]).toMatchObject({ packets: 2, bytes: 960, firstMs: S * 1000, lastMs: S * 1000 });
});

test('the packet block of old files is read', () => {
  const time = BigInt(S) * 1_000_000n;
  const body = new Words()
    .u16(0)
    .u16(3)
    .u32(Number(time >> 32n))
    .u32(Number(time & 0xffffffffn))
    .u32(60)
    .u32(60);
  expect(read(joined(section(), described(), block(2, body.bytes(frame)))).lastMs).toBe(S * 1000);
});

const files = {
  pcap: pcapFile([1, 2, 3].map((s) => ({ data: udpFrame(4000 + s), s: S + s }))),
  pcapng: joined(
    section(),
    described({ resolution: 9 }),
    block(0x0bad, new Words().bytes(new Uint8Array(300))),
    packetBlock(udpFrame(4001), 5n),
    block(3, new Words().u32(60).bytes(udpFrame(4002))),
    packetBlock(udpFrame(4003), 7n),
  ),
};

test.each(Object.entries(files))('a %s file may come in pieces of any size', (_, file) => {
  const whole = read(file);
  fc.assert(
    fc.property(fc.array(fc.nat(file.length), { maxLength: 8 }), (cuts) => {
      const given = decoder();
      let packets = 0;
      const ends = [...cuts.sort((a, b) => a - b), file.length];
      ends.forEach((end, i) => {
        packets += given.file(file.slice(ends[i - 1] ?? 0, end)).packets;
      });
      expect(packets).toBe(whole.packets);
      expect(observed(given.drain(0).observations)).toEqual(whole.seen);
      expect(given.end()).toBeUndefined();
    }),
    { numRuns: 100 },
  );
  const bytewise = decoder();
  for (const byte of file) bytewise.file(Uint8Array.of(byte));
  expect(observed(bytewise.drain(0).observations)).toEqual(whole.seen);
});

test.each(Object.entries(files))(
  'of a %s file that is cut off, what was whole is taken and the rest is said',
  (_, file) => {
    const short = decoder();
    expect(short.file(file.subarray(0, file.length - 1)).packets).toBe(2);
    expect(short.end()).toBe(
      `it ends too early, at offset ${file.length - 1}: at least 1 more bytes belong to what was begun`,
    );
    // It can take another file then.
    expect(short.file(file).packets).toBe(3);
    expect(short.end()).toBeUndefined();
  },
);

test('a block that is passed over may be cut off too', () => {
  const given = decoder();
  given.file(joined(section(), block(0x0bad, new Words().bytes(new Uint8Array(300)))).subarray(0, 100));
  expect(given.end()).toBe('it ends too early, at offset 100: at least 240 more bytes belong to what was begun');
});

test.each<[string, Uint8Array, number, string]>([
  ['neither', Uint8Array.from([1, 2, 3, 4]), 0, 'it begins neither as pcap nor as pcapng'],
  ['packed', Uint8Array.from([0x1f, 0x8b, 8, 0]), 0, 'it is packed (gzip): unpack it first'],
  [
    'of another version',
    new Words().u32(0xa1b2c3d4).u16(543).bytes(new Uint8Array(18)).done(),
    0,
    'pcap of version 543, not 2',
  ],
  [
    'with a packet that is too long',
    joined(pcapFile([{ data: frame, s: S }]), new Words().u32(0).u32(0).u32(300_000).u32(300_000).done()),
    100,
    'a packet of 300000 bytes, more than 262144',
  ],
  [
    'of a section without order',
    block(0x0a0d0d0a, new Words().u32(5).bytes(new Uint8Array(12))),
    0,
    'a section without byte order',
  ],
  ['with a block of 8 bytes', joined(section(), new Words().u32(6).u32(8).done()), 28, 'a block of 8 bytes'],
  [
    'with a block too long',
    joined(
      section(),
      new Words()
        .u32(6)
        .u32(2 ** 24)
        .done(),
    ),
    28,
    'a block of 16777216 bytes, more than 1048576',
  ],
  [
    'with an unknown interface',
    joined(section(), packetBlock(frame, 0n)),
    28,
    'a packet of an interface that was not described',
  ],
  ['whose lengths differ', joined(section(), described().with(20, 99)), 28, 'a block whose lengths differ'],
  [
    'whose packet leaves its block',
    joined(section(), described(), packetBlock(frame, 0n).with(20, 200)),
    52,
    'a packet that is longer than its block',
  ],
])('a file %s is refused, with the offset', (_, file, offset, reason) => {
  const given = decoder();
  const refused = refusal(() => given.file(file));
  expect(refused).toMatchObject({ code: 'EINVAL', offset, message: `capture file, at offset ${offset}: ${reason}` });
  // Nothing that follows makes it better.
  expect(refusal(() => given.file(frame)).message).toBe(refused.message);
});

test('what came before a mistake is taken', () => {
  const given = decoder();
  const file = joined(pcapFile([{ data: frame, s: S }]), new Words().u32(0).u32(0).u32(300_000).u32(0).done());
  expect(() => given.file(file)).toThrow('at offset 100');
  expect(given.stats().packets).toBe(1);
});

test('no bytes, however wrong, do more than be refused', () => {
  const wrong = fc.tuple(
    fc.constantFrom(...Object.values(files)),
    fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }),
    fc.nat(400),
  );
  fc.assert(
    fc.property(wrong, ([file, changes, cut]) => {
      const bytes = file.slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const given = decoder();
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        const refused = refusal(() => given.file(piece));
        if (refused.message !== 'nothing was refused') expect(refused.code).toBe('EINVAL');
      }
      given.drain(0);
      given.end();
    }),
    { numRuns: 500 },
  );
});

test('a filter is made for each link type that a file has', () => {
  const file = joined(
    section(),
    described(),
    described({ linkType: 101 }),
    packetBlock(udpFrame(4000), 1n),
    packetBlock(udpFrame(5000), 1n),
    packetBlock(udpPacket(4000), 1n, { interface: 1 }),
    packetBlock(udpPacket(5000), 1n, { interface: 1 }),
  );
  const given = decoder();
  given.setFilter('udp src port 5000');
  const { packets, seen } = read(file, given);
  expect(packets).toBe(4);
  expect(seen.map(({ layers, ports }) => `${layers} ${ports[0]}`)).toEqual(['Ethernet/IPv4/UDP 5000', 'IPv4/UDP 5000']);
  given.setFilter('');
  expect(read(file, given).seen.length).toBe(4);
});

test('a file can be shifted, or made to start at a moment', () => {
  const file = pcapFile([
    { data: frame, s: S },
    { data: frame, s: S + 5 },
  ]);
  const back = decoder();
  back.shift(-1_000_000_000n);
  expect(read(file, back).seen[0]).toMatchObject({ firstMs: (S - 1) * 1000, lastMs: (S + 4) * 1000 });
  const now = decoder();
  now.startAt(1_800_000_000_000_000_000n);
  expect(read(file, now).lastMs).toBe(1_800_000_005_000);
  // Further pieces keep the same distance.
  now.file(file.subarray(0, 24));
  expect(now.file(file.subarray(24)).lastMs).toBe(1_800_000_005_000);
});

test('single packets are decoded too, as far as they were captured', () => {
  const given = decoder();
  given.packet(frame, { timestampNs: BigInt(S) * 1_000_000_000n, linkType: 1, length: 1500 });
  given.packet(new Uint8Array(0), { timestampNs: 0n, linkType: 1, length: 64 });
  given.setFilter('tcp');
  given.packet(frame, { timestampNs: 0n, linkType: 1, length: 60 });
  expect(given.stats()).toMatchObject({ packets: 2, bytes: 1564 });
  const drained = given.drain(S * 1000, 1);
  expect(drained.observations.length).toBeGreaterThan(0);
});

test('a closed decoder says so, and still has its totals', () => {
  const given = decoder();
  given.file(pcapFile([{ data: frame, s: S }]));
  given.close();
  given.close();
  expect(given.stats().packets).toBe(1);
  expect(refusal(() => given.file(frame)).code).toBe('EBADF');
  expect(refusal(() => given.drain(0)).code).toBe('EBADF');
});

test('arguments that make no sense are refused by name', () => {
  const given = decoder();
  const wrong = { timestampNs: 5, linkType: 1, length: 1 } as unknown as {
    timestampNs: bigint;
    linkType: number;
    length: number;
  };
  expect(() => given.packet(frame, wrong)).toThrow('timestampNs must be a bigint');
  expect(() => given.file('text' as unknown as Uint8Array)).toThrow('piece must be a Uint8Array');
  expect(() => given.shift(5 as unknown as bigint)).toThrow('byNs must be a bigint');
  expect(() => door.openDecoder({ source: -1 })).toThrow('source must be a whole number');
  expect(() => door.openDecoder({ source: 1, conversationsMax: 0 })).toThrow('conversationsMax must be');
});
