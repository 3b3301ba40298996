/** What the kernel drops on the way from one namespace over a router to another. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { DialQuestion } from '../../src/dial/dial.ts';
import { Dials } from '../../src/dial/dials.ts';
import type { Drop } from '../../src/drops/drops.ts';
import { meaningOf } from '../../src/drops/reasons.ts';
import { Drops } from '../../src/drops/watches.ts';
import { openDialDoor, openDoor, openDropsDoor } from '../../src/native/index.ts';
import { systemClock } from '../../src/std/clock.ts';
import { inFolder, SKEIN, skeinUp } from '../e2e/running.ts';
import { TestNetns } from './native_netns.ts';

const forever = new AbortController().signal;
const stack = new AsyncDisposableStack();
const dials = new Dials({ door: openDialDoor(), clock: systemClock });
const drops = stack.use(new Drops({ door: openDropsDoor(), host: 'here', ownCookie: 1n, clock: systemClock }));
let left: TestNetns;
let router: TestNetns;
let right: TestNetns;

beforeAll(() => {
  left = stack.use(new TestNetns());
  router = stack.use(new TestNetns());
  right = stack.use(new TestNetns());
  for (const netns of [left, router, right]) sysctl(netns, 'net.ipv6.conf.default.accept_dad=0');
  wire(left, 'port1', '10.73.0', '2001:db8:73:');
  wire(right, 'port2', '10.74.0', '2001:db8:74:');
  sysctl(router, 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1', 'net.ipv4.icmp_ratelimit=0');
  sysctl(router, 'net.ipv4.neigh.port2.retrans_time_ms=20');
  nft(right, 'add table inet t', 'add chain inet t in { type filter hook input priority 0; }');
  nft(right, 'add rule inet t in tcp dport 82 drop');
}, 120_000);

afterAll(() => stack.disposeAsync());

function wire(host: TestNetns, port: string, net4: string, net6: string): void {
  host.ip(`link add eth0 type veth peer name ${port} netns ${router.name}`);
  for (const [netns, name, number] of [
    [host, 'eth0', 2],
    [router, port, 1],
  ] as const) {
    netns.ip(`link set ${name} up`);
    netns.ip('link set lo up');
    netns.ip(`addr add ${net4}.${number}/24 dev ${name}`);
    netns.ip(`addr add ${net6}:${number}/64 dev ${name}`);
  }
  host.ip(`route add default via ${net4}.1`);
  host.ip(`route add default via ${net6}:1`);
}

function sysctl(netns: TestNetns, ...settings: string[]): void {
  execFileSync('ip', ['netns', 'exec', netns.name, 'sysctl', '-qw', ...settings]);
}

function nft(netns: TestNetns, ...rules: string[]): void {
  execFileSync('ip', ['netns', 'exec', netns.name, 'nft', rules.join('\n')]);
}

const cookieOf = (netns: TestNetns) => `${openDoor().netnsIdentity(netns.path).cookie}`;

/** Drops of a dial from the left, with what it was to. */
async function dropped(question: Partial<DialQuestion> & { readonly address: string }): Promise<readonly Drop[]> {
  // Others on this machine may have the same addresses.
  const namespaces = [left, router, right].map(cookieOf);
  await using watch = await drops.watch({ packets: [{ a: question.address }], namespaces });
  await dials.dial({ namespace: left.path, protocol: 'tcp', port: 9, timeoutMs: 300, ...question }, forever);
  await watch.settled();
  expect(watch.lost()).toBe(0);
  return watch.drops();
}

test.each([
  { family: 'IPv4', address: '10.74.0.2', from: '10.73.0.2' },
  { family: 'IPv6', address: '2001:db8:74::2', from: '2001:db8:73::2' },
])(
  'over $family a rule of nftables and a closed port are told with reason, function, namespace and tuple',
  async ({ address, from }) => {
    const at = { cookie: cookieOf(right), direction: 'in', ifIndex: expect.any(Number), host: 'here' };
    const [byRule] = await dropped({ address, port: 82 });
    expect(byRule).toMatchObject({
      ...at,
      reason: 'NETFILTER_DROP',
      symbol: expect.stringMatching(/^nf(t_do_chain|_hook_slow)$/),
      tuple: { from, to: address, protocol: 6, fromPort: expect.any(Number), toPort: 82, tcpFlags: 2, ttl: 63 },
    });
    const before = Date.now();
    const [byPort] = await dropped({ address, port: 9, protocol: 'udp' });
    expect(byPort).toMatchObject({ ...at, reason: 'NO_SOCKET', tuple: { from, to: address, protocol: 17, toPort: 9 } });
    expect(byPort?.timeMs).toBeGreaterThanOrEqual(before - 1);
    expect(byPort?.timeMs).toBeLessThanOrEqual(Date.now() + 1);
    expect(byPort && meaningOf(byPort).code).toBe('PORT_CLOSED');
  },
);

test('a router without a route drops, where it came in', async () => {
  const [drop] = await dropped({ address: '203.0.113.7' });
  expect(drop).toMatchObject({ cookie: cookieOf(router), reason: 'IP_INNOROUTES', direction: 'in' });
  expect(drop && meaningOf(drop).code).toBe('NO_ROUTE');
});

test('a neighbour that does not answer is dropped for, where it was to leave', async () => {
  const [drop] = await dropped({ address: '10.74.0.77' });
  expect(drop).toMatchObject({ cookie: cookieOf(router), direction: 'forward', tuple: { to: '10.74.0.77' } });
  expect(drop?.reason).toMatch(/^NEIGH_/);
  expect(drop && meaningOf(drop).code).toBe('NO_ARP');
});

test('a time to live that is over is told as that', async () => {
  await using watch = await drops.watch({ packets: [{ a: '10.73.0.2', b: '10.74.0.2', protocol: 1 }] });
  const ping = ['ping', '-n', '-c', '1', '-W', '1', '-t', '1', '10.74.0.2'];
  spawnSync('ip', ['netns', 'exec', left.name, ...ping], { stdio: 'ignore' });
  await watch.settled();
  const [over] = watch.drops();
  expect(over).toMatchObject({ cookie: cookieOf(router), reason: 'IP_INHDR', symbol: 'ip_forward', tuple: { ttl: 1 } });
  expect(over && meaningOf(over)).toMatchObject({ code: 'NO_ROUTE', words: expect.stringContaining('time to live') });
});

test('what comes by another interface than its way back is dropped by rp_filter', async () => {
  sysctl(router, 'net.ipv4.conf.port1.rp_filter=1');
  left.ip('addr add 10.75.0.2/32 dev lo');
  const found = await dropped({ address: '10.74.0.2', from: '10.75.0.2' });
  expect(found[0]).toMatchObject({ cookie: cookieOf(router), reason: 'IP_RPFILTER', tuple: { from: '10.75.0.2' } });
  expect(found[0] && meaningOf(found[0]).code).toBe('ASYMMETRIC');
});

test('of several watches each is told of its own, by ports and by namespace', async () => {
  const pair = { a: '10.73.0.2', b: '10.74.0.2' };
  await using mine = await drops.watch({ packets: [{ ...pair, protocol: 6, bPort: 82 }] });
  await using reversed = await drops.watch({ packets: [{ a: pair.b, b: pair.a, protocol: 6, aPort: 82 }] });
  await using others = await drops.watch({ packets: [{ ...pair, protocol: 6, bPort: 83 }] });
  await using elsewhere = await drops.watch({ packets: [pair], namespaces: [cookieOf(router)] });
  await using everybody = await drops.watch({ namespaces: [cookieOf(right)] });
  await dials.dial({ namespace: left.path, protocol: 'tcp', address: pair.b, port: 82, timeoutMs: 100 }, forever);
  await mine.settled();
  const counts = [mine, reversed, others, elsewhere, everybody].map((watch) => watch.drops().length);
  expect(counts).toEqual([1, 1, 0, 0, 1]);
});

test('what is dropped before and after a watch is none of its own', async () => {
  const watch = await drops.watch({ packets: [{ a: '10.74.0.2' }] });
  await watch[Symbol.asyncDispose]();
  expect((await dropped({ address: '10.74.0.2', protocol: 'udp' })).length).toBe(1);
  expect(watch.drops()).toEqual([]);
  expect(drops.stats().watches).toBe(0);
});

test(
  'skein drops shows them as they happen, with the interface of the graph',
  () =>
    inFolder(async (data) => {
      await using skein = await skeinUp(data);
      const words = ['drops', '--server', skein.url, '--from', '10.73.0.2', '--to', '10.74.0.2', '--count', '1'];
      const shown = spawn(SKEIN, [...words, '--for', '10s'], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      shown.stdout.on('data', (chunk) => {
        said += chunk;
      });
      const asking = setInterval(() => {
        void dials.dial(
          { namespace: left.path, protocol: 'udp', address: '10.74.0.2', port: 9, timeoutMs: 50 },
          forever,
        );
      }, 200);
      await once(shown, 'close');
      clearInterval(asking);
      expect(said).toMatch(
        new RegExp(
          `^[\\d:.]+  ${right.name}/eth0 on \\S+  UDP 10.73.0.2:\\d+ > 10.74.0.2:9  NO_SOCKET in \\S+: nobody listens`,
        ),
      );
      expect(shown.exitCode).toBe(0);
      const refused = await fetch(`${skein.url}/api/drops?a=web1`);
      expect(refused.status).toBe(400);
    }),
  120_000,
);
