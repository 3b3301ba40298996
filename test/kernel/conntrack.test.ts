/** Connection tracking of real namespaces: a client, a router that translates, and a server. Needs root. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Translation } from '../../src/ends/translation.ts';
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

function masquerade(): void {
  inside(router, 'nft add table ip nat');
  inside(router, 'nft add chain ip nat post { type nat hook postrouting priority 100; }');
  inside(router, 'nft add rule ip nat post oifname out masquerade');
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
  const words = [process.execPath, ECHO, protocol, to, String(port), String(from)];
  execFileSync('ip', ['netns', 'exec', client, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
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
