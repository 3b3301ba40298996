/** Counting in the kernel, against what was sent and what the interface itself counts. Needs root and Linux 5.17. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { flag, layout } from '../../src/flow/layout.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import { eventually } from '../eventually.ts';
import { arp, erspan, ethernet, geneve, gre, icmp, ipv4, ipv6, mpls, tagged, tcp, udp, vxlan } from './ebpf_frames.ts';
import { addUp, EbpfWorld, indexOf, type Seen } from './ebpf_world.ts';
import { TestNetns } from './native_netns.ts';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

const plain = [
  ethernet(0x0800, ipv4(17, udp(1000, 2000))),
  ethernet(0x0800, ipv4(17, udp(2000, 1000), { from: 2, to: 1 })),
  ethernet(0x0800, ipv4(17, udp(9, 9, new Uint8Array(0)))),
  ethernet(0x0800, ipv4(6, tcp(1000, 80, 2))),
  ethernet(0x0800, ipv4(6, tcp(80, 1000, 18), { from: 2, to: 1, options: 3 })),
  ethernet(0x0800, ipv4(6, tcp(1000, 80, 17, new Uint8Array(900)))),
  ethernet(0x0800, ipv4(1, icmp(8, 0, 77))),
  ethernet(0x0800, ipv4(1, icmp(0, 0, 77), { from: 2, to: 1 })),
  ethernet(0x0800, ipv4(1, icmp(3, 1, 0))),
  ethernet(0x0800, ipv4(17, new Uint8Array(64), { fragment: 0x2000 })),
  ethernet(0x0800, ipv4(17, new Uint8Array(64), { fragment: 0x0010 })),
  ethernet(0x0800, ipv4(132, udp(5, 6, new Uint8Array(20)))),
  ethernet(0x0800, ipv4(89, new Uint8Array(40), { to: 89 })),
  ethernet(0x86dd, ipv6(17, udp(1000, 2000))),
  ethernet(0x86dd, ipv6(6, tcp(1000, 80, 2))),
  ethernet(0x86dd, ipv6(58, icmp(128, 0, 5))),
  ethernet(0x86dd, ipv6(58, icmp(135, 0, 0))),
  ethernet(0x86dd, ipv6(0, Buffer.concat([Uint8Array.from([17, 0, 0, 0, 0, 0, 0, 0]), udp(7, 8)]))),
  ethernet(0x86dd, ipv6(44, Buffer.concat([Uint8Array.from([17, 0, 0, 9, 0, 0, 0, 1]), new Uint8Array(32)]))),
  ethernet(0x0806, arp(1)),
  ethernet(0x88b5, new Uint8Array(50)),
  ethernet(38, new Uint8Array(50)),
];

const tunnels = [
  tagged([10], 0x0800, ipv4(17, udp(1, 2))),
  tagged([10, 20], 0x0800, ipv4(1, icmp(8, 0, 9))),
  tagged([10, 20, 30], 0x86dd, ipv6(17, udp(3, 4))),
  ethernet(0x0800, ipv4(17, vxlan(100, ethernet(0x0800, ipv4(17, udp(11, 12), { from: 3, to: 4 }))))),
  ethernet(0x0800, ipv4(17, vxlan(100, tagged([7], 0x86dd, ipv6(6, tcp(11, 12, 2)))))),
  ethernet(0x0800, ipv4(17, vxlan(101, ethernet(0x0806, arp(2))))),
  ethernet(0x86dd, ipv6(17, geneve(200, ethernet(0x0800, ipv4(6, tcp(21, 22, 16), { from: 3, to: 4 }))))),
  ethernet(0x0800, ipv4(47, gre(0x0800, ipv4(1, icmp(8, 0, 3), { from: 5, to: 6 })))),
  ethernet(0x0800, ipv4(47, gre(0x6558, ethernet(0x86dd, ipv6(58, icmp(129, 0, 3))), 4242), { to: 20 })),
  ethernet(0x0800, ipv4(47, erspan(ethernet(0x0800, ipv4(17, udp(31, 32)))), { to: 21 })),
  ethernet(0x0800, ipv4(47, gre(0x8847, mpls(77, ipv4(17, udp(41, 42)))), { to: 22 })),
  ethernet(0x8847, mpls(16, ipv4(6, tcp(51, 52, 24)))),
  ethernet(0x0800, ipv4(17, udp(5, 6635, mpls(900, ipv6(17, udp(61, 62)))))),
  ethernet(0x0800, ipv4(4, ipv4(17, udp(71, 72), { from: 8, to: 9 }))),
  ethernet(0x0800, ipv4(41, ipv6(17, udp(81, 82)))),
  // A tunnel in a tunnel.
  ethernet(
    0x0800,
    ipv4(47, gre(0x0800, ipv4(17, vxlan(5, ethernet(0x0800, ipv4(6, tcp(91, 92, 16)))), { from: 7, to: 8 }))),
  ),
  // What only seems to be a tunnel.
  ethernet(0x0800, ipv4(17, udp(1, 4789, new Uint8Array(18)))),
  ethernet(0x0800, ipv4(17, udp(1, 6081, new Uint8Array(18)))),
  ethernet(0x0800, ipv4(17, udp(1, 8472, new Uint8Array(3)))),
];

/** What the engine makes of the same frames, one by one. */
function decoded(frames: readonly Uint8Array[], times: number): Map<bigint, Seen> {
  const seen = new Map<bigint, Seen>();
  for (const frame of range(times).flatMap(() => frames)) {
    const decoder = openPacketDoor().openDecoder({ source: 1, isL3Key: true });
    decoder.packet(frame, { timestampNs: 1_000_000_000n, linkType: 1, length: frame.length });
    addUp(seen, decoder.drain(1000).observations);
    decoder.close();
  }
  return seen;
}

test.each([
  ['conversations of all kinds', plain],
  ['VLANs and tunnels', tunnels],
])('%s are counted as the engine counts them, packet by packet and byte by byte', async (_, frames) => {
  using world = await EbpfWorld.open();
  const attachment = await world.attach();
  const before = world.counters();
  await world.send(frames, 5);
  await attachment.close();
  const after = world.counters();
  expect(world.outer().packets).toBe(after.packets - before.packets);
  expect(world.outer().bytes).toBe(after.bytes - before.bytes);
  expect(world.seen).toEqual(decoded(frames, 5));
});

test.each([
  ['tcx', 1_000],
  ['clsact', 1_000],
  ['tcx', 100_000],
] as const)('attached by %s, %d conversations are that many, with exact counts', async (mode, count) => {
  // Room for all of it, however late this process comes to read.
  using world = await EbpfWorld.open({ ringBytes: 64 << 20 });
  const attachment = await world.attach({ mode });
  expect(attachment.mode).toBe(mode);
  const before = world.counters();
  const frames = range(count).map((i) =>
    ethernet(0x0800, ipv4(i % 2 ? 17 : 6, i % 2 ? udp(i & 0xffff, 80) : tcp(i & 0xffff, 80, 16), { from: 1000 + i })),
  );
  await world.send(frames, 3);
  await attachment.close();
  const after = world.counters();
  const { packets, bytes, conversations } = world.outer();
  const { packetsLost, bytesLost } = world.flows.stats();
  expect({ packets: packets + packetsLost, bytes: bytes + bytesLost }).toEqual({
    packets: after.packets - before.packets,
    bytes: after.bytes - before.bytes,
  });
  expect([packetsLost, conversations]).toEqual([0, count]);
  expect(attachment.stats()).toMatchObject({ packets, bytes, lostPackets: 0 });
});

test('more conversations than slots are pushed out whole, and none is lost', async () => {
  using world = await EbpfWorld.open({ slots: 128, ringBytes: 32 << 20 });
  const attachment = await world.attach();
  const frames = range(5_000).map((i) => ethernet(0x86dd, ipv6(17, udp(i, 80), { from: i })));
  const sent = await world.send(frames, 4);
  await attachment.close();
  expect(world.flows.stats().evictions).toBeGreaterThan(5_000);
  expect(world.outer()).toMatchObject({ packets: sent, conversations: 5_000 });
  expect([...world.seen.values()].every(({ packets }) => packets[0] + packets[1] === 4)).toBe(true);
});

test('what finds no room in the ring is counted as lost, to the packet and the byte', async () => {
  using world = await EbpfWorld.open({ slots: 128, ringBytes: 8192, drainMs: 10_000 });
  const attachment = await world.attach();
  const frames = range(20_000).map((i) => ethernet(0x0800, ipv4(17, udp(i, 80), { from: 1000 + i })));
  const sent = await world.send(frames, 2);
  await attachment.close();
  const { packets, bytes } = world.outer();
  const lost = attachment.stats();
  expect(lost.lostPackets).toBeGreaterThan(0);
  expect(packets + lost.lostPackets).toBe(sent);
  expect(bytes + lost.lostBytes).toBe(frames.reduce((sum, frame) => sum + 2 * frame.length, 0));
  expect(lost.firstPacketsLost).toBeGreaterThan(0);
  expect(world.flows.stats()).toMatchObject({ packetsLost: lost.lostPackets, bytesLost: lost.lostBytes });
});

test('only the first packets of each direction are told, and then no more', async () => {
  using world = await EbpfWorld.open();
  const attachment = await world.attach({ payloadBytes: 100 });
  const there = ethernet(0x0800, ipv4(17, udp(1000, 53, Buffer.from('question'))));
  const back = ethernet(0x0800, ipv4(17, udp(53, 1000, Buffer.from('answer')), { from: 2, to: 1 }));
  await world.send([there, back], 50);
  await eventually(() => expect(world.outer().packets).toBe(100));
  await world.send([there, back], 50);
  await attachment.close();
  expect(world.outer().packets).toBe(200);
  const payloads = world.facts.map((fact) => `${Buffer.from(fact).toString('latin1')}`).join('');
  expect(payloads.match(/question/g)).toHaveLength(3);
  expect(payloads.match(/answer/g)).toHaveLength(3);
});

test('the round trip of a handshake is known, and who began', async () => {
  using world = await EbpfWorld.open();
  const attachment = await world.attach();
  await world.send([ethernet(0x0800, ipv4(6, tcp(80, 1000, 18), { from: 2, to: 1 }))]);
  await world.send([ethernet(0x0800, ipv4(6, tcp(1001, 80, 2)))]);
  await world.send([ethernet(0x0800, ipv4(6, tcp(80, 1001, 18), { from: 2, to: 1 }))]);
  await attachment.close();
  // lo is 10.0.0.1, which has called both times.
  const began = world.facts.map((fact) => (fact[layout.flags] as number) & (flag.hiStarted | flag.startCertain));
  expect(new Set(began)).toEqual(new Set([flag.startCertain]));
  const roundTrips = world.facts.map((fact) => Buffer.from(fact).readUInt32LE(layout.rttNs));
  expect(Math.max(...roundTrips)).toBeGreaterThan(0);
});

test('captures of one interface share what is attached, and each gets everything', async () => {
  using world = await EbpfWorld.open();
  const one = await world.attach();
  const two = await world.attach({ source: 2 });
  await world.send(plain);
  await one.close();
  await world.send(plain);
  await two.close();
  expect(one.stats().packets).toBe(plain.length);
  expect(two.stats().packets).toBe(2 * plain.length);
});

test('a drop is told with the reason of the kernel, on the interface where it happened', async () => {
  using world = await EbpfWorld.open();
  if (world.flows.missing.length > 0) return expect(world.flows.missing.join()).toMatch(/need/);
  world.to.ip('addr add 10.0.0.2/8 dev vb');
  const mac = execFileSync('ip', ['netns', 'exec', world.to.name, 'cat', '/sys/class/net/vb/address'], {
    encoding: 'utf8',
  });
  const attachment = await world.attach();
  const frame = Buffer.from(ethernet(0x0800, ipv4(17, udp(98, 99))));
  frame.set(Buffer.from(mac.trim().replaceAll(':', ''), 'hex'));
  frame.writeUInt16BE(checksum(frame.subarray(14, 34)), 24);
  await world.send([frame], 7);
  await attachment.close();
  const drops = new Map<string, number>();
  for (const fact of world.facts.map((one) => Buffer.from(one)))
    if (fact.readUInt8(layout.parts) === 8) {
      const name = `${world.flows.dropReasons[fact.readUInt32LE(176)]} ${fact.readUInt16LE(layout.hiPort)}`;
      // Of those that are told in two goes each is told once.
      drops.set(name, (drops.get(name) ?? 0) + fact.readUInt32LE(180));
    }
  expect([...drops]).toEqual([['NO_SOCKET 99', 7]]);
});

test('an answer to ping is no drop, though nobody but a raw socket hears it', async () => {
  using world = await EbpfWorld.open();
  if (world.flows.missing.length > 0) return expect(world.flows.missing.join()).toMatch(/need/);
  for (const [netns, name, end] of [
    [world.from, 'va', 1],
    [world.to, 'vb', 2],
  ] as const) {
    netns.ip(`link set ${name} arp on`);
    netns.ip(`addr add 10.0.0.${end}/24 dev ${name}`);
  }
  const attachment = await world.attach();
  execFileSync('ip', ['netns', 'exec', world.to.name, 'ping', '-c', '2', '-i', '0.1', '10.0.0.1']);
  await attachment.close();
  expect([...world.seen.values()].filter(({ paths }) => paths.has('Ethernet/IPv4/ICMPv4'))).toMatchObject([
    { packets: [2, 2] },
  ]);
  expect(world.facts.filter((fact) => fact[layout.parts] === 8)).toEqual([]);
});

function checksum(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

test('an interface that vanishes is told, and so is one whose namespace is deleted', async () => {
  using world = await EbpfWorld.open();
  const attachment = await world.attach();
  const ended: string[] = [];
  attachment.onEnd((code) => ended.push(code));
  await world.send(plain);
  world.to.ip('link del vb');
  await eventually(() => expect(ended).toEqual(['ENODEV']));
  await attachment.close();
  // What was counted before is told all the same.
  await eventually(() => expect(world.outer().packets).toBe(plain.length));
  {
    using netns = new TestNetns();
    netns.ip('link add c type veth peer name d');
    const second = await world.flows.attach({
      netns: netns.path,
      ifIndex: indexOf(netns, 'c'),
      source: 9,
      payloadBytes: 0,
    });
    second.onEnd((code) => ended.push(code));
  }
  await eventually(() => expect(ended).toEqual(['ENODEV', 'ENODEV']));
});

test('300 interfaces are captured at a time, and leave nothing', async () => {
  using world = await EbpfWorld.open();
  using netns = new TestNetns();
  const batch = range(150).map((i) => `link add v${i} type veth peer name w${i}`);
  execFileSync('ip', ['-n', netns.name, '-batch', '-'], { input: batch.join('\n') });
  const links = JSON.parse(execFileSync('ip', ['-n', netns.name, '-j', 'link'], { encoding: 'utf8' })) as {
    ifindex: number;
  }[];
  const attachments = await Promise.all(
    links.map(({ ifindex }, source) =>
      world.flows.attach({ netns: netns.path, ifIndex: ifindex, source, payloadBytes: 0 }),
    ),
  );
  expect(attachments.length).toBeGreaterThanOrEqual(301);
  await Promise.all(attachments.map((attachment) => attachment.close()));
  expect(execFileSync('bpftool', ['net'], { encoding: 'utf8' })).not.toContain('v149');
});

const INDEX = new URL('../../src/native/index.ts', import.meta.url).href;

/** A process of its own that captures interface vb, and says by what. */
function program(world: EbpfWorld, mode: string): string {
  return `
    import { openPacketDoor } from ${JSON.stringify(INDEX)};
    setInterval(() => {}, 1000);
    const options = { drainMs: 50, slots: 128, ringBytes: 8192, firstPackets: 0, headerSize: 64 };
    try {
      const flows = await openPacketDoor().openKernelFlows(options, () => {});
      const place = { netns: ${JSON.stringify(world.to.path)}, ifIndex: ${indexOf(world.to, 'vb')}, source: 1, payloadBytes: 0 };
      console.log((await flows.attach({ ...place, mode: ${JSON.stringify(mode)} })).mode);
    } catch (error) { console.log(error.code + ' ' + error.message); process.exit(); }
  `;
}
const node = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e'];

test('a process that is killed leaves nothing attached by TCX', async () => {
  using world = await EbpfWorld.open();
  const killed = spawn(process.execPath, [...node, program(world, 'tcx')]);
  const [said] = await once(killed.stdout, 'data');
  expect(`${said}`).toBe('tcx\n');
  expect(programsUsedBy(killed.pid as number)).toBeGreaterThan(0);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(programsUsedBy(killed.pid as number)).toBe(0);
  // Nothing counts there any more: a new one sees all, once.
  const attachment = await world.attach();
  await world.send(plain);
  await attachment.close();
  expect(world.outer().packets).toBe(plain.length);
});

test('what a killed process leaves by clsact is replaced by the next, and removed', async () => {
  using world = await EbpfWorld.open();
  const filters = () =>
    execFileSync('tc', ['-n', world.to.name, 'filter', 'show', 'dev', 'vb', 'ingress'], { encoding: 'utf8' }).match(
      /skein_in/g,
    )?.length ?? 0;
  const killed = spawn(process.execPath, [...node, program(world, 'clsact')]);
  await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(filters()).toBe(1);
  const attachment = await world.attach({ mode: 'clsact' });
  expect(filters()).toBe(1);
  await world.send(plain);
  await attachment.close();
  expect(world.outer().packets).toBe(plain.length);
  expect(filters()).toBe(0);
});

test('without the capabilities it is refused by name', async () => {
  using world = await EbpfWorld.open();
  const dropped = ['--bounding-set=-all', '--inh-caps=-all'];
  const { stdout } = spawnSync('setpriv', [...dropped, process.execPath, ...node, program(world, 'tcx')], {
    encoding: 'utf8',
  });
  expect(stdout).toContain('EPERM count flows in the kernel (needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN');
});

/** Programs and links of BPF that a process holds. */
function programsUsedBy(pid: number): number {
  const { stdout } = spawnSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' });
  return stdout.match(/bpf-(prog|link|map)|bpf_link|ringbuf/g)?.length ?? 0;
}
