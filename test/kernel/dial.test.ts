/** Dials from real namespaces: left and right with a router between them, and one that is alone. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DialQuestion } from '../../src/dial/dial.ts';
import { Dials } from '../../src/dial/dials.ts';
import { openDialDoor } from '../../src/native/index.ts';
import { systemClock } from '../../src/std/clock.ts';
import { TestNetns } from './native_netns.ts';

/** TCP 80 answers, TCP 81 resets who comes, UDP 53 answers; of both families. */
const SERVICES = `
  const net = require('node:net'), dgram = require('node:dgram');
  net.createServer((c) => c.on('error', () => {}).on('data', () => c.end('welcome'))).listen(80, '::');
  net.createServer((c) => setTimeout(() => c.resetAndDestroy(), 20)).listen(81, '::');
  const udp = dgram.createSocket({ type: 'udp6' });
  udp.on('message', (_, { address, port }) => udp.send('heard', port, address));
  udp.bind(53, '::', () => console.log('ready'));
`;

const dials = new Dials({ door: openDialDoor(), clock: systemClock });
const forever = new AbortController().signal;
const stack = new AsyncDisposableStack();
let left: TestNetns;
let router: TestNetns;
let right: TestNetns;
let alone: TestNetns;

beforeAll(async () => {
  left = stack.use(new TestNetns());
  router = stack.use(new TestNetns());
  right = stack.use(new TestNetns());
  alone = stack.use(new TestNetns());
  // Addresses are there at once.
  for (const netns of [left, router, right]) sysctl(netns, 'net.ipv6.conf.default.accept_dad=0');
  wire(left, '10.71.0.2/24', '2001:db8:71::2/64', '10.71.0.1/24', '2001:db8:71::1/64');
  wire(right, '10.72.0.2/24', '2001:db8:72::2/64', '10.72.0.1/24', '2001:db8:72::1/64');
  for (const [netns, via, via6] of [
    [left, '10.71.0.1', '2001:db8:71::1'],
    [right, '10.72.0.1', '2001:db8:72::1'],
  ] as const) {
    netns.ip(`route add default via ${via}`);
    netns.ip(`route add default via ${via6}`);
  }
  sysctl(router, 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
  // How many ICMP errors are told is limited: here every one is to be seen.
  for (const netns of [router, right])
    sysctl(
      netns,
      'net.ipv4.icmp_ratelimit=0',
      'net.ipv4.icmp_msgs_per_sec=100000',
      'net.ipv4.icmp_msgs_burst=10000',
      'net.ipv6.icmp.ratelimit=0',
    );
  alone.ip('link set lo up');
  // Towards the right it is narrower.
  router.ip(`link set ${right.name} mtu 1400`);
  sysctl(left, 'net.ipv4.neigh.eth0.retrans_time_ms=50');
  left.ip('route add prohibit 203.0.113.0/24');
  nft(right, 'add table inet t', 'add chain inet t in { type filter hook input priority 0; }');
  nft(right, 'add rule inet t in tcp dport 82 drop', 'add rule inet t in udp dport 82 drop');
  nft(right, 'add rule inet t in tcp dport 83 reject with icmpx type admin-prohibited');
  nft(left, 'add table inet t', 'add chain inet t out { type filter hook output priority 0; }');
  nft(left, 'add rule inet t out udp dport 84 drop');
  const services = spawn('ip', ['netns', 'exec', right.name, process.execPath, '-e', SERVICES], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stack.defer(async () => {
    const ended = once(services, 'exit');
    services.kill();
    await ended;
  });
  await once(services.stdout, 'data');
}, 120_000);

afterAll(() => stack.disposeAsync());

function wire(host: TestNetns, own4: string, own6: string, its4: string, its6: string): void {
  host.ip(`link add eth0 type veth peer name ${host.name} netns ${router.name}`);
  for (const [netns, name, ...addresses] of [
    [host, 'eth0', own4, own6],
    [router, host.name, its4, its6],
  ] as const) {
    netns.ip(`link set ${name} up`);
    netns.ip('link set lo up');
    for (const address of addresses)
      netns.ip(`addr add ${address} dev ${name}${address.includes(':') ? ' nodad' : ''}`);
  }
}

function sysctl(netns: TestNetns, ...settings: string[]): void {
  execFileSync('ip', ['netns', 'exec', netns.name, 'sysctl', '-qw', ...settings]);
}

function nft(netns: TestNetns, ...rules: string[]): void {
  execFileSync('ip', ['netns', 'exec', netns.name, 'nft', rules.join('\n')]);
}

const dial = (question: Partial<DialQuestion>, from: TestNetns = left) =>
  dials.dial({ namespace: from.path, protocol: 'tcp', address: '10.72.0.2', timeoutMs: 10_000, ...question }, forever);

describe.each([
  {
    family: 'IPv4',
    to: '10.72.0.2',
    own: '10.71.0.2',
    via: '10.71.0.1',
    away: '198.51.100.1',
    denied: [3, 13],
    none: [3, 0],
  },
  {
    family: 'IPv6',
    to: '2001:db8:72::2',
    own: '2001:db8:71::2',
    via: '2001:db8:71::1',
    away: '2001:db8:99::1',
    denied: [1, 1],
    none: [1, 0],
  },
])('over $family', ({ to: address, own, via, away, denied, none }) => {
  test('a service is connected to', async () => {
    const begun = performance.now();
    const came = await dial({ address, port: 80 });
    const tookMs = performance.now() - begun;
    expect(came).toMatchObject({ outcome: 'connected', local: { address: own } });
    expect(came.rttMs).toBeGreaterThan(0);
    expect(came.rttMs).toBeLessThanOrEqual(tookMs);
  });

  test('a service that is spoken to answers, by TCP and by UDP', async () => {
    const said = { address, payload: Buffer.from('hello') };
    expect(await dial({ ...said, port: 80 })).toMatchObject({ outcome: 'answered', answerBytes: 7 });
    expect(await dial({ ...said, port: 53, protocol: 'udp' })).toMatchObject({ outcome: 'answered', answerBytes: 5 });
  });

  test('a port where nobody listens is refused, by a reset or by its host', async () => {
    const tcp = await dial({ address, port: 9 });
    expect(tcp).toMatchObject({ outcome: 'refused', errno: 'ECONNREFUSED' });
    expect(tcp.icmp).toBeUndefined();
    expect(await dial({ address, port: 9, protocol: 'udp' })).toMatchObject({
      outcome: 'refused',
      icmp: { from: address },
    });
  });

  test('a connection that is reset while it is held was reset', async () => {
    expect(await dial({ address, port: 81, holdMs: 10_000 })).toMatchObject({ outcome: 'reset', errno: 'ECONNRESET' });
  });

  test('what a filter drops is silence, what it rejects is unreachable', async () => {
    const quick = { address, timeoutMs: 100, port: 82 };
    expect(await dial(quick)).toMatchObject({ outcome: 'timeout', local: { address: own } });
    expect(await dial({ ...quick, protocol: 'udp' })).toMatchObject({ outcome: 'timeout' });
    const [type, code] = denied;
    expect(await dial({ address, port: 83 })).toMatchObject({
      outcome: 'unreachable',
      icmp: { type, code, from: address },
    });
  });

  test('a router without a route says so, for each protocol', async () => {
    const [type, code] = none;
    for (const protocol of ['tcp', 'udp', 'icmp'] as const)
      expect(await dial({ address: away, protocol, port: 80 })).toMatchObject({
        outcome: 'unreachable',
        icmp: { type, code, from: via },
      });
  });

  test('a namespace without a route says so at once', async () => {
    for (const protocol of ['tcp', 'udp', 'icmp'] as const)
      expect(await dial({ address, protocol, port: 80 }, alone)).toMatchObject({
        outcome: 'no-route',
        errno: 'ENETUNREACH',
      });
  });

  test('what the namespace itself filters is denied', async () => {
    expect(await dial({ address, port: 84, protocol: 'udp' })).toMatchObject({ outcome: 'denied', errno: 'EPERM' });
  });

  test('an echo is answered, and its id is told', async () => {
    const came = await dial({ address, protocol: 'icmp', payload: Buffer.alloc(20) });
    expect(came).toMatchObject({ outcome: 'answered', answerBytes: 20, local: { address: own } });
    expect(came.local?.port).toEqual(expect.any(Number));
  });

  test('packets of a size find the MTU, of the interface and behind a router', async () => {
    for (const protocol of ['icmp', 'udp'] as const) {
      const sized = { address, protocol, port: 53 };
      expect(await dial({ ...sized, size: 1_400 })).toMatchObject({ outcome: 'answered' });
      expect(await dial({ ...sized, size: 1_401 })).toMatchObject({
        outcome: 'too-big',
        mtu: 1_400,
        icmp: { from: via },
      });
      const here = await dial({ ...sized, size: 1_501 });
      expect(here).toMatchObject({ outcome: 'too-big', mtu: 1_500 });
      expect(here.icmp).toBeUndefined();
    }
  });

  test('a hundred at once each have their own outcome', async () => {
    const ports = Array.from({ length: 100 }, (_, at) => [80, 9, 83][at % 3] as number);
    const came = await Promise.all(ports.map((port) => dial({ address, port })));
    const outcomes = new Map([
      [80, 'connected'],
      [9, 'refused'],
      [83, 'unreachable'],
    ]);
    expect(came.map(({ outcome }) => outcome)).toEqual(ports.map((port) => outcomes.get(port)));
    expect(dials.stats()).toMatchObject({ open: 0, waiting: 0 });
  });

  test('a hundred echoes at once are not taken for each other', async () => {
    const came = await Promise.all(
      Array.from({ length: 100 }, (_, at) => dial({ address, protocol: 'icmp', payload: Buffer.alloc(at) })),
    );
    expect(came.map(({ answerBytes }) => answerBytes)).toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect(new Set(came.map(({ local }) => local?.port)).size).toBe(100);
  });

  test('it may be from an address of the namespace, and from no other', async () => {
    expect(await dial({ address, port: 80, from: own })).toMatchObject({
      outcome: 'connected',
      local: { address: own },
    });
    await expect(dial({ address, port: 80, from: away })).rejects.toThrow(`${away} to be an address there`);
  });
});

test('a neighbour that does not answer is told by the kernel of the namespace', async () => {
  expect(await dial({ address: '10.71.0.77', port: 80 })).toMatchObject({
    outcome: 'unreachable',
    errno: 'EHOSTUNREACH',
    icmp: { type: 3, code: 1, from: '10.71.0.2' },
  });
});

test('a route of type prohibit denies', async () => {
  expect(await dial({ address: '203.0.113.1', port: 80 })).toMatchObject({ outcome: 'denied', errno: 'EACCES' });
});

test('a namespace that is gone is unavailable, and names itself', async () => {
  await expect(dial({ namespace: '/run/netns/none-such', port: 80 })).rejects.toThrow('/run/netns/none-such');
});

test('what was dialled leaves no socket behind', async () => {
  const sockets = execFileSync('ip', ['netns', 'exec', left.name, 'ss', '-Hnaw'], { encoding: 'utf8' });
  expect(sockets.trim()).toBe('');
});
