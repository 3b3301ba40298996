/** Packets that are made, read by another decoder: tshark, with all checksums looked at. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { injectionTypes } from '../../src/injection/injection.ts';
import { groupMac, macBytes } from '../../src/injection/packet/ethernet.ts';
import { neighbourAnswer, neighbourQuestion } from '../../src/injection/packet/neighbour.ts';
import { conversationAt, headerBytes, packetSeries } from '../../src/injection/packet/series.ts';
import { parseAddress } from '../../src/std/address.ts';
import { pcapngHeader, pcapngInterface, pcapngPacket } from '../../src/std/pcapng.ts';
import { probing } from './probing.ts';

const source = Uint8Array.of(2, 0, 0, 0, 0, 1);
const destination = Uint8Array.of(2, 0, 0, 0, 0, 2);
const bytesOf = (text: string) => parseAddress(text)?.bytes ?? new Uint8Array(0);

const FIELDS = [
  ...['eth.src', 'eth.dst', 'ip.src', 'ip.dst', 'ip.ttl', 'ipv6.src', 'ipv6.dst', 'ipv6.hlim'],
  ...[
    'ip.checksum.status',
    'tcp.checksum.status',
    'udp.checksum.status',
    'icmp.checksum.status',
    'icmpv6.checksum.status',
  ],
  ...[
    'icmp.ident',
    'icmp.seq',
    'tcp.srcport',
    'tcp.dstport',
    'tcp.flags.syn',
    'udp.dstport',
    'udp.length',
    'arp.dst.proto_ipv4',
  ],
  'icmpv6.nd.ns.target_address',
];

/** A line for each frame: the fields that it has, with their values. */
function read(frames: readonly Uint8Array[]): string[] {
  const packets = frames.map((data) => pcapngPacket({ interface: 0, timestampNs: 0n, data, length: data.length }));
  const input = Buffer.concat([pcapngHeader('test'), pcapngInterface({ linkType: 1, snapLength: 0 }), ...packets]);
  const checks = ['ip', 'tcp', 'udp'].flatMap((layer) => ['-o', `${layer}.check_checksum:TRUE`]);
  const folder = mkdtempSync(join(tmpdir(), 'skein-inject-'));
  const file = join(folder, 'packets.pcapng');
  writeFileSync(file, input);
  const words = [
    '-r',
    file,
    ...checks,
    '-T',
    'fields',
    '-E',
    'occurrence=f',
    ...FIELDS.flatMap((field) => ['-e', field]),
  ];
  const text = execFileSync('tshark', words, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  rmSync(folder, { recursive: true });
  return text
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .split('\t')
        .flatMap((value, at) => (value === '' ? [] : [`${FIELDS[at]}=${value}`]))
        .join(' '),
    );
}

const MACS = 'eth.src=02:00:00:00:00:01 eth.dst=02:00:00:00:00:02';
const V4 = `${MACS} ip.src=10.0.0.1 ip.dst=10.0.0.2 ip.ttl=7`;
const V6 = `${MACS} ipv6.src=fd00::1 ipv6.dst=fd00::2 ipv6.hlim=7`;

test('each type is what it says it is to another decoder, with good checksums, and so are questions for neighbours', () => {
  const frames = injectionTypes.map((type) => packetSeries(probing(type), { source, destination })(1));
  const asks = ['10.0.0.9', 'fd00::9'].map((target) =>
    neighbourQuestion({ sourceMac: source, source: bytesOf(target.replace('9', '1')), target: bytesOf(target) }),
  );
  expect(read([...frames, ...asks])).toEqual(
    [
      `${V4} ip.checksum.status=1 icmp.checksum.status=1 icmp.ident=123 icmp.seq=2`,
      `${V6} icmpv6.checksum.status=1`,
      `${V4} ip.checksum.status=1 tcp.checksum.status=1 tcp.srcport=50000 tcp.dstport=80 tcp.flags.syn=True`,
      `${V6} tcp.checksum.status=1 tcp.srcport=50000 tcp.dstport=80 tcp.flags.syn=True`,
      `${V4} ip.checksum.status=1 udp.checksum.status=1 udp.dstport=80 udp.length=13`,
      `${V6} udp.checksum.status=1 udp.dstport=80 udp.length=13`,
      'eth.src=02:00:00:00:00:01 eth.dst=ff:ff:ff:ff:ff:ff arp.dst.proto_ipv4=10.0.0.9',
      'eth.src=02:00:00:00:00:01 eth.dst=33:33:ff:00:00:09 ipv6.src=fd00::1 ipv6.dst=ff02::1:ff00:9 ipv6.hlim=255 ' +
        'icmpv6.checksum.status=1 icmpv6.nd.ns.target_address=fd00::9',
    ].map((line) => expect.stringMatching(new RegExp(`^${escaped(line)}$`))),
  );
});

/** Versions of tshark write True as 1. */
function escaped(line: string): string {
  return line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace('=True', '=(True|1)');
}

test('a payload grows by so many bytes with each packet, and shrinks to nothing', () => {
  const longer = packetSeries(probing('udp4', { incrementBytes: 3 }), undefined);
  const shorter = packetSeries(probing('udp4', { incrementBytes: -3 }), undefined);
  const sizes = (series: (index: number) => Uint8Array) =>
    [0, 1, 2].map((at) => series(at).length - headerBytes('udp4'));
  expect([sizes(longer), sizes(shorter)]).toEqual([
    [5, 8, 11],
    [5, 2, 0],
  ]);
  expect(Buffer.from(longer(1).subarray(28)).toString()).toBe('hellohel');
});

test('random packets have numbers of their own, which go around', () => {
  const random = { isRandom: true, sourcePort: 65_534, icmpId: 65_535 };
  expect([0, 1, 2].map((index) => conversationAt(random, index))).toEqual([
    { sourcePort: 65_534, icmpId: 65_535 },
    { sourcePort: 65_535, icmpId: 0 },
    { sourcePort: 1, icmpId: 1 },
  ]);
});

test('groups have their MAC from their address, and MACs are read in both spellings', () => {
  expect(
    ['224.0.0.251', '255.255.255.255', 'ff02::1', '10.0.0.1', 'fd00::1'].map((one) => groupMac(bytesOf(one))),
  ).toEqual([
    Uint8Array.of(1, 0, 0x5e, 0, 0, 251),
    new Uint8Array(6).fill(255),
    Uint8Array.of(0x33, 0x33, 0, 0, 0, 1),
    undefined,
    undefined,
  ]);
  expect(macBytes('02-00-00-00-00-01')).toEqual(source);
  expect(macBytes('02:00:00:00:01')).toBeUndefined();
});

test('an answer of a neighbour is read, and nothing else, wherever it is cut', () => {
  const arp = Uint8Array.of(0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 9, 10, 0, 0, 9, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1);
  expect(neighbourAnswer(arp, bytesOf('10.0.0.9'))).toEqual(Uint8Array.of(2, 0, 0, 0, 0, 9));
  expect(neighbourAnswer(arp, bytesOf('10.0.0.8'))).toBeUndefined();
  for (let size = 0; size < arp.length; size++)
    expect(neighbourAnswer(arp.subarray(0, size), bytesOf('10.0.0.9'))).toBeUndefined();
  expect(neighbourAnswer(new Uint8Array(80), bytesOf('fd00::9'))).toBeUndefined();
});
