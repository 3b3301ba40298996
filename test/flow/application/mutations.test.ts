/** Decoders among bytes that are not as they should be. MUTATIONS=1000000 for more of them than every run tries. */
import { decodeApplication } from '../../../src/flow/application/index.ts';
import { dhcp, dns, tls } from './heard.ts';

const mutations = Number(process.env.MUTATIONS ?? 30_000);

const text = (value: string) => new TextEncoder().encode(value);
const framed = (message: Uint8Array) => new Uint8Array([0, message.length, ...message]);
const vrrp = new Uint8Array([0x21, 1, 100, 2, 0, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
const samples: readonly { protocol: number; port: number; bytes: Uint8Array }[] = [
  ...Object.values(dns).map((bytes) => ({ protocol: 17, port: 53, bytes })),
  ...Object.values(dhcp).map((bytes) => ({ protocol: 17, port: 67, bytes })),
  ...[tls.v12, tls.v13].flatMap(({ client, server }) => [
    { protocol: 6, port: 443, bytes: client },
    { protocol: 6, port: 443, bytes: server },
  ]),
  { protocol: 6, port: 53, bytes: framed(dns.answerA) },
  { protocol: 6, port: 80, bytes: text('GET / HTTP/1.1\r\nHost: a\r\n\r\n') },
  { protocol: 6, port: 80, bytes: text('HTTP/1.1 200 OK\r\nServer: a\r\n\r\n') },
  { protocol: 17, port: 443, bytes: new Uint8Array([0xc3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8]) },
  { protocol: 112, port: 0, bytes: vrrp },
];

function decode(protocol: number, port: number, bytes: Uint8Array, sequence = 0) {
  const hiPort = port === 67 ? 68 : 40_000;
  const half = bytes.length >> 1;
  // Whole, and in two pieces, as TCP may have it.
  const whole = decodeApplication({
    protocol,
    loPort: port,
    hiPort,
    startedByHi: true,
    payloads: [{ ms: 1, fromHi: true, sequence, bytes }],
  });
  decodeApplication({
    protocol,
    loPort: port,
    hiPort,
    startedByHi: false,
    payloads: [
      { ms: 1, fromHi: true, sequence: sequence + half, bytes: bytes.subarray(half) },
      { ms: 2, fromHi: true, sequence, bytes: bytes.subarray(0, half) },
    ],
  });
  return whole;
}

test('cut at any byte, nothing throws, and nothing is read that is not there', () => {
  for (const { protocol, port, bytes } of samples) {
    for (let length = 0; length <= bytes.length; length++) {
      // The bytes after the cut are there in memory, and must not be seen.
      const cut = decode(protocol, port, bytes.subarray(0, length));
      expect(cut).toEqual(decode(protocol, port, bytes.slice(0, length)));
    }
  }
});

test(`${mutations} mutations throw nothing and are answered in bounded time`, () => {
  const random = numbers(1);
  let longestMs = 0;
  for (let i = 0; i < mutations; i++) {
    const sample = samples[random() % samples.length] as (typeof samples)[number];
    const bytes = mutate(sample.bytes, random);
    const sequence = random();
    const before = process.cpuUsage();
    const found = decode(sample.protocol, sample.port, bytes, sequence);
    const tookMs = spentMs(before);
    const again = process.cpuUsage();
    // What its bytes make slow is so again; what the collector or the compiler of this process did just then is not.
    if (tookMs > longestMs) decode(sample.protocol, sample.port, bytes, sequence);
    if (tookMs > longestMs) longestMs = Math.max(longestMs, Math.min(tookMs, spentMs(again)));
    if (i % 100 === 0) expect(() => JSON.stringify(found)).not.toThrow();
  }
  // Of the processor, not of the clock: the machine may be busy with something else.
  expect(longestMs).toBeLessThan(1_000);
}, 300_000);

/** Of the processor, since then. */
function spentMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
}

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const out = bytes.slice(0, random() % 4 === 0 ? random() % (bytes.length + 1) : bytes.length);
  for (let times = 1 + (random() % 4); times > 0 && out.length > 0; times--) {
    const at = random() % out.length;
    const kind = random() % 4;
    if (kind === 0) out[at] = random();
    else if (kind === 1) out[at] = (out[at] as number) ^ (1 << (random() % 8));
    else if (kind === 2) out[at] = [0, 1, 0x7f, 0x80, 0xc0, 0xff][random() % 6] as number;
    else out.copyWithin(at, random() % out.length);
  }
  return out;
}

/** xorshift32: the same numbers in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
