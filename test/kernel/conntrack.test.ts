/** Connection tracking of real namespaces: a client, a router that translates, and a server. Needs root. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Translation } from '../../src/ends/translation.ts';
import { fakeDoor } from '../../src/native/fake.ts';
import { openDoor } from '../../src/native/index.ts';
import { conntrack } from '../../src/probes/conntrack/index.ts';
import { netnsId } from '../../src/probes/identity.ts';
import type { Probe } from '../../src/probes/probe.ts';
import { eventually } from '../eventually.ts';
import { type Running, runProbe } from '../probes/context.ts';

const ECHO = fileURLToPath(new URL('./echo.mjs', import.meta.url));
const PREFIX = `sk${process.pid}ct`;
const [client, router, server] = ['c', 'r', 's'].map((letter) => `${PREFIX}${letter}`) as [string, string, string];
let running: Running | undefined;
let children: ChildProcess[] = [];

beforeEach(() => {
  for (const name of [client, router, server]) {
    sh(`ip netns add ${name}`);
    sh(`ip -n ${name} link set lo up`);
  }
  sh(`ip link add in netns ${router} type veth peer name eth0 netns ${client}`);
  sh(`ip link add out netns ${router} type veth peer name eth0 netns ${server}`);
  address(client, 'eth0', '10.1.0.2/24', 'fd01::2/64');
  address(router, 'in', '10.1.0.1/24', 'fd01::1/64');
  address(router, 'out', '10.2.0.1/24', 'fd02::1/64');
  address(server, 'eth0', '10.2.0.2/24', 'fd02::2/64');
  sh(`ip -n ${client} route add default via 10.1.0.1`);
  sh(`ip -n ${client} -6 route add default via fd01::1`);
  sh(`ip -n ${server} route add default via 10.2.0.1`);
  sh(`ip -n ${server} -6 route add default via fd02::1`);
  inside(router, 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1');
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  for (const child of children) child.kill('SIGKILL');
  children = [];
  for (const name of [client, router, server]) quietly(`ip netns del ${name}`);
});

test('masqueraded TCP, UDP and ICMP are told with both of their sides, and their end', async () => {
  masquerade();
  await start();
  await serve(80);
  talk('tcp', '10.2.0.2', 80, 40_000);
  talk('udp', '10.2.0.2', 80, 40_001);
  inside(client, 'ping -c1 -W2 10.2.0.2');
  await eventually(() => expect(told().map(protocolOf).sort()).toEqual([1, 17, 6]));
  const tcp = told().find((one) => one.original.protocol === 6);
  expect(tcp).toMatchObject({
    node: idOf(router),
    zone: 0,
    original: { source: '10.1.0.2', sourcePort: 40_000, destination: '10.2.0.2', destinationPort: 80 },
    reply: { source: '10.2.0.2', sourcePort: 80, destination: '10.2.0.1', destinationPort: 40_000 },
  });
  const icmp = told().find((one) => one.original.protocol === 1)?.original;
  expect(icmp?.sourcePort).toBeGreaterThan(0);
  expect(icmp?.destinationPort).toBe(icmp?.sourcePort);
  inside(router, 'conntrack -D -p udp');
  await eventually(() => expect(told().map(protocolOf).sort()).toEqual([1, 6]));
  inside(router, 'conntrack -F');
  await eventually(() => expect(told()).toEqual([]));
});

test('a forwarded port shows where it leads, over both families', async () => {
  rules('ip', 'prerouting', '{ type nat hook prerouting priority -100; }', 'tcp dport 8080 dnat to 10.2.0.2:80');
  rules('ip6', 'prerouting', '{ type nat hook prerouting priority -100; }', 'tcp dport 8080 dnat to [fd02::2]:80');
  await serve(80);
  await start();
  talk('tcp', '10.1.0.1', 8080, 41_000);
  talk('tcp', 'fd01::1', 8080, 41_001);
  await eventually(() => expect(told()).toHaveLength(2));
  const bySource = told().sort((a, b) => a.original.sourcePort - b.original.sourcePort);
  expect(bySource).toMatchObject([
    { original: { destination: '10.1.0.1', destinationPort: 8080 }, reply: { source: '10.2.0.2', sourcePort: 80 } },
    { original: { destination: 'fd01::1', destinationPort: 8080 }, reply: { source: 'fd02::2', sourcePort: 80 } },
  ]);
});

test('entries of a zone are told and counted with it', async () => {
  inside(router, 'nft add table ip z');
  inside(router, 'nft add chain ip z pre { type filter hook prerouting priority -300; }');
  inside(router, 'nft add rule ip z pre ct zone set 5');
  masquerade();
  await serve(80);
  await start();
  talk('tcp', '10.2.0.2', 80, 42_000);
  await eventually(() => expect(told().map(({ zone }) => zone)).toContain(5));
  await eventually(() => expect(facts(router)).toMatchObject({ Max: expect.any(Number), Zones: [5] }));
  await eventually(() => expect(levels(router)?.Zone5).toBeGreaterThan(0));
});

test('what is there already is told at the start, and what was missed is put right', async () => {
  masquerade();
  await serve(80);
  talk('tcp', '10.2.0.2', 80, 43_000);
  await start({ events: false });
  await eventually(() => expect(told()).toHaveLength(1));
  talk('udp', '10.2.0.2', 80, 43_001);
  await eventually(() => expect(told()).toHaveLength(2));
  inside(router, 'conntrack -D -p udp');
  await eventually(() => expect(told().map(protocolOf)).toEqual([6]));
  inside(router, 'conntrack -F');
  await eventually(() => expect(told()).toEqual([]));
});

test('more events than there is room for are counted, and nothing stays wrong', async () => {
  masquerade();
  flood(client, '10.2.0.2', 1);
  await start({ receiveBufferBytes: 2_048, countMs: 3_600_000 });
  flood(client, '10.2.0.2', 3_000);
  // Where nobody listens the server says so, and entries stay all the same.
  await eventually(() => expect(running?.counters.overruns).toBeGreaterThan(0));
  await eventually(() => expect(told()).toHaveLength(Number(inside(router, 'conntrack -C'))));
  expect(told().length).toBeGreaterThan(2_000);
  expect(running?.counters.resyncs).toBeGreaterThan(0);
  inside(router, 'conntrack -F');
  await eventually(() => expect(told()).toEqual([]));
}, 120_000);

test('where nobody tracks connections listening does not begin it, and nothing is said', async () => {
  await start();
  await serve(80);
  talk('tcp', '10.2.0.2', 80, 44_000);
  expect(inside(router, 'conntrack -C').trim()).toBe('0');
  expect(facts(router)).toBeUndefined();
  expect(running?.graph.now().counters(idOf(router), 'Conntrack')).toBeUndefined();
});

test('entries are counted by state, and many that are half-open name where they want to go', async () => {
  inside(router, 'nft add table ip t');
  inside(router, 'nft add chain ip t f { type filter hook forward priority 0; }');
  inside(router, 'nft add rule ip t f ct state new counter');
  inside(server, 'nft add table ip t');
  inside(server, 'nft add chain ip t i { type filter hook input priority 0; }');
  inside(server, 'nft add rule ip t i tcp dport 81 drop');
  await serve(80);
  await start({ halfOpenMin: 16 });
  talk('tcp', '10.2.0.2', 80, 45_000);
  talk('udp', '10.2.0.2', 80, 45_001);
  knock('10.2.0.2', 81, 40);
  await eventually(() => expect(levels(router)).toMatchObject({ TcpSynSent: 40, HalfOpen: 40, Translated: 0 }));
  expect(levels(router)?.Entries).toBe(Number(inside(router, 'conntrack -C')));
  expect(levels(router)?.Max).toBe(Number(inside(router, 'sysctl -n net.netfilter.nf_conntrack_max')));
  await eventually(() => expect(facts(router)?.HalfOpen).toEqual([{ Destination: '10.2.0.2:81', AtLeast: 32 }]));
  expect(told()).toEqual([]);
  // Counting again changes nothing: it makes no version.
  const { revision } = [...(running?.graph.now().nodes(idOf(router)) ?? [])][0] ?? {};
  const counted = running?.graph.now().counters(idOf(router), 'ConntrackStats');
  talk('udp', '10.2.0.2', 80, 45_002);
  await eventually(() => expect(levels(router)?.UdpReplied).toBe(2));
  expect([...(running?.graph.now().nodes(idOf(router)) ?? [])][0]?.revision).toBe(revision);
  expect(counted?.total).toHaveProperty('Drop', 0);
});

test('a namespace that vanishes takes its translations with it, and the rest goes on', async () => {
  masquerade();
  await serve(80);
  await start();
  talk('tcp', '10.2.0.2', 80, 46_000);
  await eventually(() => expect(told()).toHaveLength(1));
  sh(`ip netns del ${router}`);
  running?.namespaces.remove(idOf(router));
  expect(told()).toEqual([]);
  inside(server, 'nft add table ip nat');
  inside(server, 'nft add chain ip nat o { type nat hook output priority -100; }');
  inside(server, 'nft add rule ip nat o ip daddr 10.9.9.9 dnat to 10.9.9.10');
  inside(server, 'ip addr add 10.9.9.10/32 dev lo');
  inside(server, 'ip route add 10.9.9.9/32 dev lo');
  inside(server, 'ping -c1 -W1 10.9.9.9');
  await eventually(() => expect(told()).toMatchObject([{ node: idOf(server), original: { destination: '10.9.9.9' } }]));
});

test('without the right to look into a namespace it is said what would do', async () => {
  running = runProbe(conntrack as Probe, {
    door: fakeDoor({ netlink: () => ({ errno: constants.errno.EPERM }) }),
    options: { pollMs: 50 },
  });
  list(router);
  await running.ready;
  await eventually(() =>
    expect(running?.notices.at(-1)).toBe(
      `cannot see connections tracked in ${router}: needs CAP_SYS_ADMIN and CAP_NET_ADMIN`,
    ),
  );
});

function masquerade(): void {
  rules('ip', 'post', '{ type nat hook postrouting priority 100; }', 'oifname out masquerade');
}

function rules(family: string, chain: string, hook: string, rule: string): void {
  inside(router, `nft add table ${family} nat`);
  inside(router, `nft add chain ${family} nat ${chain} ${hook}`);
  inside(router, `nft add rule ${family} nat ${chain} ${rule}`);
}

function facts(name: string): Record<string, unknown> | undefined {
  const [node] = running?.graph.now().nodes(idOf(name)) ?? [];
  return node?.metadata.Conntrack as Record<string, unknown> | undefined;
}

function levels(name: string): Readonly<Record<string, number>> | undefined {
  return running?.graph.now().counters(idOf(name), 'Conntrack')?.total;
}

async function start(options: Record<string, unknown> = {}, before?: Running): Promise<void> {
  running = runProbe(conntrack as Probe, {
    door: openDoor(),
    options: { pollMs: 50, countMs: 100, ...options },
    time: Date.now,
    ...(before ? { before } : {}),
  });
  for (const name of [client, router, server]) list(name);
  await running.ready;
}

function list(name: string): void {
  const id = idOf(name);
  running?.graph.apply([{ kind: 'node', id, metadata: { Type: 'netns', Name: name } }], {
    host: 'h',
    origin: 'agent.h',
    time: Date.now(),
  });
  running?.namespaces.add({ nodeId: id, tid: id, path: `/run/netns/${name}`, cookie: 0n, name });
}

function idOf(name: string): string {
  return netnsId('h', name, 0n);
}

function told(): Translation[] {
  return [...(running?.translations.live() ?? [])];
}

function protocolOf({ original }: Translation): number {
  return original.protocol;
}

async function serve(port: number, where = server): Promise<void> {
  const child = spawn('ip', ['netns', 'exec', where, process.execPath, ECHO, 'serve', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout as Readable, 'data');
}

/** Says something from the port and waits for its echo. */
function talk(protocol: 'tcp' | 'udp', to: string, port: number, from: number): void {
  echo(client, protocol, to, String(port), String(from));
}

/** One datagram from each of so many ports. */
function flood(from: string, to: string, count: number): void {
  echo(from, 'flood', to, '9', String(count));
}

/** Begins so many connections that nobody answers. */
function knock(to: string, port: number, count: number): void {
  echo(client, 'knock', to, String(port), String(count));
}

function echo(from: string, ...words: string[]): void {
  const command = ['netns', 'exec', from, process.execPath, ECHO, ...words];
  execFileSync('ip', command, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function address(name: string, device: string, ...addresses: string[]): void {
  for (const one of addresses) sh(`ip -n ${name} addr add ${one} dev ${device} ${one.includes(':') ? 'nodad' : ''}`);
  sh(`ip -n ${name} link set ${device} up`);
}

function inside(name: string, words: string): string {
  return sh(`ip netns exec ${name} ${words}`);
}

function sh(words: string): string {
  return execFileSync('sh', ['-c', words.replaceAll(/[{};]/g, '\\$&')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function quietly(words: string): void {
  try {
    sh(words);
  } catch {
    // It is gone already.
  }
}
