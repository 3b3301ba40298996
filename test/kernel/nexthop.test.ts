/** `NextHop` against `ip route get`, in random routing set-ups of a namespace of our own. */
import { execFileSync } from 'node:child_process';
import { dice } from '../dice.ts';
import { inFolder, type Running, skeinUp } from '../e2e/running.ts';

const netns = `sk${process.pid}r`;
const far = `${netns}f`;
const ROUNDS = 12;
const CHANGES = 25;
const ADDRESSES = 40;

afterAll(() => {
  for (const name of [netns, far]) quiet(['netns', 'del', name]);
});

test(
  'the next hop is the one that the kernel would take',
  () =>
    inFolder(async (data) => {
      const random = dice(20_261_121);
      for (const name of [netns, far]) ip(['netns', 'add', name]);
      ip(['-n', netns, 'link', 'set', 'lo', 'up']);
      for (const i of [0, 1, 2]) link(i);
      await using skein = await skeinUp(data);
      let hops = 0;
      const past: { at: number; address: string; ours: unknown }[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        for (let i = 0; i < CHANGES; i++) quiet(change(random));
        const asked = Array.from({ length: ADDRESSES }, () => (random(3) ? v4(random) : v6(random)));
        const start = by(random(3));
        // What the kernel tells of its changes takes its way.
        const wrong = await settled(async () => [
          ...(await disagreements(skein, asked, anywhere)),
          ...(await disagreements(skein, asked.filter(isV4), start)),
        ]);
        expect({ round, wrong, rules: wrong.length ? rules() : [] }).toEqual({ round, wrong: [], rules: [] });
        const at = Date.now();
        for (const address of asked.slice(0, 5)) past.push({ at, address, ours: await hopOfNode(skein, address) });
        hops += asked.filter((address) => kernelHop(address, anywhere) !== undefined).length;
      }
      // What was is still known when all of it has changed.
      for (const { at, address, ours } of past)
        expect({ at, address, ours: await hopOfNode(skein, address, `At('${new Date(at).toISOString()}').`) }).toEqual({
          at,
          address,
          ours,
        });
      // There was a way to many of them, and none to some.
      expect(hops).toBeGreaterThan(ROUNDS * 10);
      expect(hops).toBeLessThan(ROUNDS * ADDRESSES);
    }),
  240_000,
);

function link(i: number): void {
  ip(['link', 'add', `e${i}`, 'netns', netns, 'type', 'veth', 'peer', 'name', `f${i}`, 'netns', far]);
  ip(['-n', far, 'link', 'set', `f${i}`, 'up']);
  ip(['-n', netns, 'link', 'set', `e${i}`, 'up']);
  ip(['-n', netns, 'addr', 'add', `10.${i}.0.2/24`, 'dev', `e${i}`]);
  ip(['-n', netns, 'addr', 'add', `fd00:${i}::2/64`, 'dev', `e${i}`, 'nodad']);
}

async function hopOfNode(skein: Running, address: string, at = ''): Promise<unknown> {
  return skein.query(`G.${at}V().Has('Type','netns','Name','${netns}').NextHop('${address}')`);
}

/** Where a packet starts: its node, and how `ip route get` is told. */
interface Start {
  readonly steps: string;
  readonly words: readonly string[];
}

const anywhere: Start = { steps: '', words: [] };

function by(i: number): Start {
  return { steps: `.Out('Name','e${i}')`, words: ['from', `10.${i}.0.2`, 'oif', `e${i}`] };
}

function isV4(address: string): boolean {
  return !address.includes(':');
}

async function disagreements(skein: Running, addresses: readonly string[], start: Start): Promise<string[]> {
  const wrong: string[] = [];
  for (const address of addresses) {
    const query = `G.V().Has('Type','netns','Name','${netns}')${start.steps}.NextHop('${address}')`;
    const [answer = {}] = (await skein.query(query)) as Record<string, { IP: string; IfIndex: number }>[];
    const [ours] = Object.values(answer);
    const theirs = kernelHop(address, start);
    // With an interface and no route the kernel takes everything to be on its link.
    if (start !== anywhere && ours === undefined && theirs?.[0]?.startsWith(`${address}%`)) continue;
    const said = ours && `${ours.IP}%${ours.IfIndex}`;
    if (theirs === undefined ? said !== undefined : !theirs.includes(said ?? '')) {
      wrong.push(`${address}: ${said}, not ${theirs?.join(' or ')}`);
    }
  }
  return wrong;
}

interface Way {
  readonly type?: string;
  readonly gateway?: string;
  readonly via?: { readonly host: string };
  readonly dev: string;
  readonly metric?: number;
}

/** What the kernel may take: of several equal ways it takes one for one address and another for the next. */
function kernelHop(address: string, { words }: Start): string[] | undefined {
  const found = quiet(['-j', '-n', netns, 'route', 'get', address, ...words]);
  if (found === undefined) return undefined;
  const [way] = JSON.parse(found) as [Way];
  // What is delivered here is delivered by the interface that has the address; the kernel says lo.
  if (way.type === 'local') return indexes().map((index) => `${address}%${index}`);
  const taken = hopOf(way, address);
  const match = quiet(['-j', '-n', netns, 'route', 'get', 'fibmatch', address, ...words]);
  const [route] = match === undefined ? [] : (JSON.parse(match) as { nexthops?: Way[] }[]);
  return [taken, ...(route?.nexthops ?? []).map((hop) => hopOf(hop, address))];
}

function hopOf({ gateway, via, dev }: Way, address: string): string {
  return `${gateway ?? via?.host ?? address}%${indexOf(dev)}`;
}

function indexes(): number[] {
  return [...devices().values()];
}

function indexOf(dev: string): number | undefined {
  return devices().get(dev);
}

const known = new Map<string, number>();

function devices(): ReadonlyMap<string, number> {
  if (known.size === 0) {
    const links = JSON.parse(ip(['-j', '-n', netns, 'link'])) as { ifname: string; ifindex: number }[];
    for (const { ifname, ifindex } of links) known.set(ifname, ifindex);
  }
  return known;
}

function change(random: (below: number) => number): string[] {
  const i = random(3);
  const j = random(3);
  const four = random(3) > 0;
  const prefix = four ? prefix4(random) : prefix6(random);
  const via = four ? `10.${i}.0.${10 + random(5)}` : `fd00:${i}::${10 + random(5)}`;
  const other = four ? `10.${j}.0.${20 + random(5)}` : `fd00:${j}::${20 + random(5)}`;
  const metric = String(1 + random(3) * 100);
  const table = String([254, 254, 254, 77, 78][random(5)]);
  const family = ['-n', netns, four ? '-4' : '-6'];
  const pref = String(100 + random(6));
  const refusal = ['blackhole', 'unreachable', 'prohibit', 'throw'][random(4)] as string;
  const changes = [
    [...family, 'route', 'add', prefix, 'via', via, 'table', table, 'metric', metric],
    [...family, 'route', 'add', prefix, 'via', via, 'table', table, 'metric', metric],
    [...family, 'route', 'replace', prefix, 'dev', `e${i}`, 'table', table, 'metric', metric],
    [...family, 'route', 'add', prefix, 'table', table, 'nexthop', 'via', via, 'nexthop', 'via', other, 'weight', '3'],
    [...family, 'route', 'add', refusal, prefix, 'table', table, 'metric', metric],
    [...family, 'route', 'add', 'default', 'via', via, 'table', table, 'metric', metric],
    [...family, 'route', 'del', prefix],
    [...family, 'route', 'add', prefix, 'via', `fd00:${i}::9`, 'dev', `e${i}`, 'table', table],
    [...family, 'route', 'add', prefix, 'via', 'inet6', `fd00:${i}::9`, 'dev', `e${i}`, 'table', table],
    [...family, 'route', 'add', prefix, 'via', via, 'tos', '0x10', 'table', table],
    [...family, 'rule', 'add', 'to', prefix, 'table', table, 'pref', pref],
    [...family, 'rule', 'add', 'not', 'to', prefix, 'table', table, 'pref', pref],
    [...family, 'rule', 'add', 'from', four ? `10.${i}.0.2` : `fd00:${i}::2`, 'table', table, 'pref', pref],
    [...family, 'rule', 'add', 'fwmark', '1', 'table', table, 'pref', pref],
    [...family, 'rule', 'add', 'not', 'fwmark', '1', 'table', table, 'pref', pref],
    [...family, 'rule', 'add', 'iif', random(2) ? 'lo' : `e${i}`, 'table', table, 'pref', pref],
    [...family, 'rule', 'add', 'oif', `e${i}`, 'table', table, 'pref', pref],
    [...family, 'rule', 'add', 'to', prefix, random(2) ? 'blackhole' : 'unreachable', 'pref', pref],
    [...family, 'rule', 'add', 'to', prefix, 'goto', String(101 + random(6)), 'pref', pref],
    [...family, 'rule', 'add', 'table', table, 'suppress_prefixlength', '0', 'pref', pref],
    [...family, 'rule', 'del', 'pref', pref],
    [...family, 'rule', 'del', 'pref', pref],
    [...family, 'rule', 'del', 'pref', pref],
  ];
  return changes[random(changes.length)] as string[];
}

// Few and near, so that prefixes hold one another and addresses.
function v4(random: (below: number) => number): string {
  return `10.${random(8)}.${random(4)}.${1 + random(4)}`;
}

function v6(random: (below: number) => number): string {
  return `fd00:${random(8)}::${random(4)}:${1 + random(4)}`;
}

function prefix4(random: (below: number) => number): string {
  const second = random(8);
  const bits = [8, 14, 16, 24, 32][random(5)];
  const third = random(4);
  const texts = { 8: '10.0.0.0', 14: `10.${second & 4}.0.0`, 16: `10.${second}.0.0`, 24: `10.${second}.${third}.0` };
  return `${texts[bits as keyof typeof texts] ?? `10.${second}.${third}.${1 + random(4)}`}/${bits}`;
}

function prefix6(random: (below: number) => number): string {
  const second = random(8);
  return [`fd00::/16`, `fd00:${second}::/32`, `fd00:${second}::${random(4)}:0/112`][random(3)] as string;
}

async function settled(look: () => Promise<string[]>): Promise<string[]> {
  const end = Date.now() + 20_000;
  for (;;) {
    const wrong = await look();
    if (wrong.length === 0 || Date.now() > end) return wrong;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** For the eye, when something is wrong. */
function rules(): string[] {
  return [
    ['-4', 'rule'],
    ['-4', 'route', 'show', 'table', 'all'],
    ['-6', 'rule'],
    ['-6', 'route', 'show', 'table', 'all'],
  ].flatMap((words) => ip(['-n', netns, ...words]).split('\n'));
}

function ip(words: readonly string[]): string {
  return execFileSync('ip', words, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
}

/** Undefined when the kernel refuses. */
function quiet(words: readonly string[]): string | undefined {
  try {
    return ip(words);
  } catch {
    return undefined;
  }
}
