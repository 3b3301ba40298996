/** What is told of routes, and where packets go by it, against the kernel's own word. Needs root. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphNode, Metadata } from '../../src/graph/element.ts';
import type { GraphView } from '../../src/graph/view.ts';
import { originOf } from '../../src/query/origin.ts';
import { routeOf } from '../../src/query/routing.ts';
import { type Address, parseAddress } from '../../src/std/address.ts';
import { dice } from '../dice.ts';
import { type Lab, lab } from './netlinkrun.ts';

const LINKS = 3;
const ROUNDS = 6;
const CHANGES = 30;
const PACKETS = 40;

test('metrics, wrapping, preference and type of routes are told', async () => {
  await using it = lab();
  const ns = it.netns();
  links(it, ns);
  ip(ns, 'nexthop add id 3 blackhole');
  ip(ns, 'route add 10.19.0.0/16 via 10.0.0.5 mtu lock 1400 advmss 1360 initcwnd 20 congctl cubic');
  ip(ns, 'route add 10.21.0.0/16 encap ip id 42 dst 192.0.2.4 dev e0');
  ip(ns, '-6 route add fd77::/64 encap seg6 mode encap segs fd00:1::9,fd00:1::8 dev e0');
  ip(ns, '-6 route add fd78::/64 via fd00:0::9 pref high');
  ip(ns, 'route add local 10.22.0.0/16 dev lo table 100');
  ip(ns, 'route add 10.23.0.0/16 nhid 3');
  ip(ns, 'route add 10.24.0.0/16 proto bgp nexthop via 10.0.0.5 weight 3 nexthop via 10.1.0.5');
  ip(ns, 'rule add fwmark 0/15 table 100 suppress_ifgroup 7 pref 90');
  await it.start();
  const route = (prefix: string, name = 'e0') => routesOn(it.find(ns, name)).find(({ Prefix }) => Prefix === prefix);
  expect(route('10.19.0.0/16')).toMatchObject({
    MTU: 1400,
    Metrics: { Lock: 1 << 2, AdvMSS: 1360, InitCWnd: 20, CongestionControl: 'cubic' },
  });
  expect(route('10.21.0.0/16')?.NextHops).toMatchObject([{ Encap: 'ip id 42 dst 192.0.2.4' }]);
  expect(route('fd77::/64')?.NextHops).toMatchObject([{ Encap: 'seg6 mode encap segs fd00:1::9,fd00:1::8' }]);
  expect(route('fd78::/64')).toMatchObject({ Preference: 'high' });
  expect(route('fd00::/64')).not.toHaveProperty('Preference');
  expect(route('10.22.0.0/16', 'lo')).toMatchObject({ Type: 'local' });
  expect(route('10.0.0.255/32')).toMatchObject({ Type: 'broadcast' });
  expect(route('10.0.0.2/32')).not.toHaveProperty('Type');
  expect(route('10.24.0.0/16')).toMatchObject({ Protocol: 186, NextHops: [{ Weight: 3 }, { Weight: 1 }] });
  const [namespace] = it.graph.now().nodes(`node-${ns}`);
  expect(namespace?.metadata.RoutingRules).toContainEqual({
    Family: 'ipv4',
    Priority: 90,
    Action: 'lookup',
    Table: 100,
    SuppressIfGroup: 7,
    Mark: 0,
    Mask: 15,
  });
  const blackhole = [namespace, it.find(ns, 'lo')].flatMap(routesOn).find(({ Prefix }) => Prefix === '10.23.0.0/16');
  expect(blackhole).toMatchObject({ Type: 'blackhole', NextHopID: 3 });
});

test('a group of next hops is what its members are, also when one of them changes', async () => {
  await using it = lab();
  const ns = it.netns();
  links(it, ns);
  await it.start();
  ip(ns, 'nexthop add id 1 via 10.0.0.9 dev e0');
  ip(ns, 'nexthop add id 2 via 10.1.0.9 dev e1');
  ip(ns, 'nexthop add id 10 group 1,200/2 type resilient buckets 256');
  ip(ns, 'route add 10.30.0.0/16 nhid 10');
  const hops = () => routesOn(it.find(ns, 'e0')).find(({ Prefix }) => Prefix === '10.30.0.0/16')?.NextHops;
  await it.until(() => JSON.stringify(hops())?.includes('10.1.0.9'));
  expect(hops()).toMatchObject([
    { IP: '10.0.0.9', Weight: 200 },
    { IP: '10.1.0.9', Weight: 1 },
  ]);
  ip(ns, 'nexthop replace id 2 via 10.2.0.9 dev e2');
  await it.until(() => JSON.stringify(hops())?.includes('10.2.0.9'));
  ip(ns, 'nexthop del id 2');
  await it.until(
    () => JSON.stringify(hops()) === JSON.stringify([{ Priority: 0, IP: '10.0.0.9', IfIndex: hopIndex(it, ns) }]),
  );
});

test('routes of a routing daemon are told with its number', async () => {
  await using it = lab();
  const ns = it.netns();
  links(it, ns);
  await it.start();
  using _bird = bird(ns);
  const told = await it.until(() => routesOn(it.find(ns, 'e0')).find(({ Prefix }) => Prefix === '10.40.0.0/16'));
  expect(told).toMatchObject({ Protocol: 12, NextHops: [{ IP: '10.0.0.7', Priority: 77 }] });
  const ofNamespace = () => [...it.graph.now().nodes(`node-${ns}`)].flatMap(routesOn);
  const refused = await it.until(() => ofNamespace().find(({ Prefix }) => Prefix === '10.41.0.0/16'));
  expect(refused).toMatchObject({ Protocol: 12, Type: 'unreachable' });
});

test('rule, table, route, gateway and refusal of a packet are those of the kernel, also of a past moment', async () => {
  await using it = lab();
  const ns = it.netns();
  links(it, ns);
  execFileSync('ip', ['netns', 'exec', ns, 'sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
  await it.start();
  const random = dice(6_021_121);
  const past: { time: number; packet: Packet; kernel: Verdict }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    thin(ns, random);
    for (let i = 0; i < CHANGES; i++) quiet(ns, change(random));
    const packets = Array.from({ length: PACKETS }, () => somePacket(random));
    const wrong = await settled(() => packets.flatMap((packet) => disagreement(it.graph.now(), ns, packet) ?? []));
    expect({ round, wrong, rules: wrong.length ? state(ns) : '' }).toEqual({ round, wrong: [], rules: '' });
    const time = Date.now();
    for (const packet of packets) past.push({ time, packet, kernel: verdict(ns, packet) });
    // Changes of the next round are of a later moment.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const found = past.filter(({ kernel }) => !('refused' in kernel)).length;
  expect(found).toBeGreaterThan(past.length / 5);
  expect(past.length - found).toBeGreaterThan(past.length / 50);
  for (const { time, packet, kernel } of past) expect(differs(it.graph.at(time), ns, packet, kernel)).toBeUndefined();
}, 240_000);

interface Packet {
  readonly to: string;
  readonly source: string | undefined;
  readonly mark: number;
  readonly iif: string | undefined;
}

type Verdict = { readonly refused: string } | { readonly local: true } | { readonly ways: readonly string[] };

function disagreement(view: GraphView, ns: string, packet: Packet): string | undefined {
  return differs(view, ns, packet, verdict(ns, packet));
}

function differs(view: GraphView, ns: string, packet: Packet, kernel: Verdict): string | undefined {
  const [node] = view.nodes(`node-${ns}`);
  const { to, source, mark, iif } = packet;
  const origin = originOf(node as GraphNode, view);
  const facts = { source: source === undefined ? undefined : parseAddress(source), mark, iif };
  const way = routeOf({ text: to, address: parseAddress(to) as Address }, origin, facts);
  const ours =
    way.kind === 'refused'
      ? way.reason
      : way.type === 'local'
        ? 'local'
        : `${way.gateway ?? to}%${origin.interfaceBy(way.ifIndex ?? 0)?.metadata.Name}`;
  const text = JSON.stringify({ packet, ours, kernel });
  // The kernel looks at where the source of a packet that comes in would be, before it looks where the packet goes.
  if (iif !== undefined && 'refused' in kernel && /blackhole|cross-device/.test(kernel.refused)) return undefined;
  if ('refused' in kernel) return kernel.refused.split('|').includes(ours) ? undefined : text;
  if ('local' in kernel) return ours === 'local' ? undefined : text;
  return kernel.ways.includes(ours) ? undefined : text;
}

/** What the kernel says: errno tells why it refuses. */
function verdict(ns: string, { to, source, mark, iif }: Packet): Verdict {
  const words = [
    to,
    ...(source ? ['from', source] : []),
    ...(mark ? ['mark', `${mark}`] : []),
    ...(iif ? ['iif', iif] : []),
  ];
  const { status, stdout, stderr } = spawnSync('ip', ['-j', '-n', ns, 'route', 'get', ...words], { encoding: 'utf8' });
  if (status !== 0) return { refused: REFUSALS.find(([said]) => stderr.includes(said))?.[1] ?? stderr };
  const [way] = JSON.parse(stdout) as [Way];
  if (way.type === 'local') return { local: true };
  // IPv6 gives the route that refuses as an answer.
  if (way.type && way.type !== 'unicast') return { refused: way.type };
  const match = spawnSync('ip', ['-j', '-n', ns, 'route', 'get', 'fibmatch', ...words], { encoding: 'utf8' });
  const [route] = match.status === 0 ? (JSON.parse(match.stdout) as { nexthops?: Way[] }[]) : [];
  const several = (route?.nexthops ?? []).filter(({ flags = [] }) => !flags.includes('dead'));
  return { ways: [way, ...several].map(({ gateway, via, dev }) => `${gateway ?? via?.host ?? to}%${dev}`) };
}

interface Way {
  readonly type?: string;
  readonly gateway?: string;
  readonly via?: { readonly host: string };
  readonly dev: string;
  readonly flags?: readonly string[];
}

/** fib_props of net/ipv4/fib_semantics.c; of a rule that says unreachable it is as of no route. */
const REFUSALS = [
  ['Network is unreachable', 'no route|unreachable'],
  ['No route to host', 'unreachable'],
  ['Invalid argument', 'blackhole'],
  ['Permission denied', 'prohibit'],
] as const;

type Random = (below: number) => number;

function somePacket(random: Random): Packet {
  const four = random(3) > 0;
  const to = four
    ? `10.${random(8)}.${random(4)}.${1 + random(4)}`
    : `fd00:${random(8)}::${random(4)}:${1 + random(4)}`;
  const i = random(LINKS);
  const mark = [0, 0, 1, 2][random(4)] as number;
  const own = four ? `10.${i}.0.2` : `fd00:${i}::2`;
  // From the link it comes in by, so that the kernel does not take it for forged.
  if (random(4) === 0 && four) return { to, source: `10.${i}.0.200`, mark, iif: `e${i}` };
  return { to, source: random(2) ? own : undefined, mark, iif: undefined };
}

function change(random: Random): string {
  const [i, j, k] = [random(LINKS), random(LINKS), 1 + random(6)];
  const four = random(3) > 0;
  const prefix = four ? prefix4(random) : `fd00:${random(8)}::/32`;
  const via = four ? `10.${i}.0.${10 + random(5)}` : `fd00:${i}::${10 + random(5)}`;
  const own = four ? `10.${i}.0.2` : `fd00:${i}::2`;
  const table = [254, 254, 77, 78][random(4)];
  const family = four ? '-4' : '-6';
  const id = (four ? 0 : 100) + k;
  const pref = 100 + random(8);
  const refusal = ['blackhole', 'unreachable', 'prohibit', 'throw'][random(4)];
  const changes = [
    `${family} route add ${prefix} via ${via} table ${table} metric ${1 + random(3) * 100}`,
    `${family} route replace ${prefix} via ${via} table ${table}`,
    `${family} route add ${prefix} table ${table} nexthop via ${via} nexthop via ${four ? `10.${j}.0.9` : `fd00:${j}::9`} weight 3`,
    `${family} route add ${refusal} ${prefix} table ${table} metric ${1 + random(3) * 100}`,
    `${family} route add ${prefix} table ${table} nhid ${id}`,
    `${family} route add ${prefix} table ${table} nhid ${four ? 50 : 150}`,
    `${family} route add local ${four ? `10.6.${random(4)}.0/24` : 'fd00:6::/32'} dev lo table ${table}`,
    `${family} route del ${prefix} table ${table}`,
    `nexthop add id ${id} via ${via} dev e${i}`,
    `nexthop replace id ${id} via ${via} dev e${i}`,
    `nexthop add id ${four ? 50 : 150} group ${id},${1 + random(5)}/${(four ? 0 : 100) + 1 + random(6)}`,
    `nexthop replace id ${four ? 50 : 150} group ${id}`,
    `nexthop del id ${id}`,
    `${family} rule add from ${own} table ${table} pref ${pref}`,
    `${family} rule add from ${four ? `10.${i}.0.0/24` : `fd00:${i}::/64`} table ${table} pref ${pref}`,
    `${family} rule add fwmark ${1 + random(2)} table ${table} pref ${pref}`,
    `${family} rule add fwmark ${random(3)}/${1 + random(3)} table ${table} pref ${pref}`,
    `${family} rule add iif e${i} table ${table} pref ${pref}`,
    `${family} rule add not to ${prefix} table ${table} pref ${pref}`,
    `${family} rule add to ${prefix} ${['blackhole', 'unreachable', 'prohibit'][random(3)]} pref ${pref}`,
    `${family} rule add from ${own} goto ${101 + random(8)} pref ${pref}`,
    `${family} rule add table ${table} suppress_prefixlength ${[0, 16][random(2)]} pref ${pref}`,
    `${family} rule del pref ${pref}`,
    `${family} rule del pref ${pref}`,
    `${family} rule del pref ${pref}`,
    `link set e${i} ${random(2) ? 'down' : 'up'}`,
    `link set e${i} up`,
    `addr replace ${own}/${four ? 24 : 64} dev e${i}${four ? '' : ' nodad'}`,
  ];
  return changes[random(changes.length)] as string;
}

/** Refusals and links that are down do not pile up. */
function thin(ns: string, random: Random): void {
  for (let pref = 100; pref < 108; pref++)
    for (const family of ['-4', '-6']) for (let i = random(4); i > 0; i--) quiet(ns, `${family} rule del pref ${pref}`);
  for (let i = 0; i < LINKS; i++) {
    quiet(ns, `link set e${i} up`);
    quiet(ns, `addr replace fd00:${i}::2/64 dev e${i} nodad`);
    quiet(ns, `route replace default via 10.${i}.0.1 metric ${i}`);
    quiet(ns, `-6 route replace default via fd00:${i}::1 metric ${i + 1}`);
  }
}

function prefix4(random: Random): string {
  const [second, third] = [random(8), random(4)];
  return [`10.0.0.0/8`, `10.${second}.0.0/16`, `10.${second}.${third}.0/24`, `10.${second}.${third}.1/32`][
    random(4)
  ] as string;
}

function links(it: Lab, ns: string): void {
  const far = it.netns(false);
  ip(ns, 'link set lo up');
  for (let i = 0; i < LINKS; i++) {
    ip(ns, `link add e${i} type veth peer name f${i} netns ${far}`);
    ip(far, `link set f${i} up`);
    ip(ns, `link set e${i} up`);
    ip(ns, `addr add 10.${i}.0.2/24 brd + dev e${i}`);
    ip(ns, `addr add fd00:${i}::2/64 dev e${i} nodad`);
  }
}

function bird(ns: string): Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'sk-bird-'));
  writeFileSync(
    join(folder, 'bird.conf'),
    `router id 10.0.0.2;
protocol device {}
protocol kernel { metric 77; ipv4 { export all; }; }
protocol static { ipv4; route 10.40.0.0/16 via 10.0.0.7; route 10.41.0.0/16 unreachable; }
`,
  );
  const words = ['-f', '-c', join(folder, 'bird.conf'), '-s', join(folder, 'ctl'), '-P', join(folder, 'pid')];
  const daemon: ChildProcess = spawn('ip', ['netns', 'exec', ns, 'bird', ...words], { stdio: 'ignore' });
  return {
    [Symbol.dispose]() {
      daemon.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function routesOn(node: GraphNode | undefined): Metadata[] {
  const tables = (node?.metadata.RoutingTables ?? []) as readonly { Routes: readonly Metadata[] }[];
  return tables.flatMap(({ Routes }) => [...Routes]);
}

function hopIndex(it: Lab, ns: string): unknown {
  return it.find(ns, 'e0')?.metadata.IfIndex;
}

async function settled(look: () => string[]): Promise<string[]> {
  const end = Date.now() + 20_000;
  for (;;) {
    const wrong = look();
    if (wrong.length === 0 || Date.now() > end) return wrong;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** For the eye, when something is wrong. */
function state(ns: string): string {
  return ['-4 rule', '-4 route show table all', '-6 rule', '-6 route show table all', 'nexthop', '-br link']
    .map((words) => ip(ns, words))
    .join('\n');
}

function ip(ns: string, words: string): string {
  return execFileSync('ip', ['-n', ns, ...words.split(' ')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function quiet(ns: string, words: string): void {
  spawnSync('ip', ['-n', ns, ...words.split(' ')], { stdio: 'ignore' });
}
