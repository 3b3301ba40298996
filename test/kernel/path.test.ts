/** `skein path` against what the kernel does: namespaces over bridges and routers, with policy rules, VLANs and faults. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PathReply, PathRequest, PathTravel } from '../../src/contract/path.ts';
import type { WhyReply } from '../../src/contract/why.ts';
import { inFolder, type Running, skeinUp } from '../e2e/running.ts';
import { compiled } from './compiled.ts';
import { TestNetns } from './native_netns.ts';

/** Whether it says so before a while is over: what the kernel tells of its changes takes its way. */
async function path(
  skein: Running,
  asked: PathRequest,
  isSo: (way: PathTravel, reply: PathReply) => boolean,
): Promise<PathReply> {
  const end = Date.now() + 20_000;
  for (;;) {
    const response = await skein.post('/api/path', asked);
    const text = await response.text();
    const reply = response.status === 200 ? (JSON.parse(text) as PathReply) : undefined;
    if (reply && (isSo(reply.there, reply) || Date.now() > end)) return reply;
    if (Date.now() > end) throw new Error(text);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const reaches = (way: PathTravel) => way.reaches === 'yes';
const stops = (way: PathTravel) => way.reaches === 'no';

/** The names of the hops in order, with how it went on. */
function told({ there }: PathReply): string[] {
  return there.hops.map(({ node, how }) => `${node.name} ${how.kind}`);
}

function pings(from: TestNetns, to: string): boolean {
  const done = spawnSync('ip', ['netns', 'exec', from.name, 'ping', '-n', '-c', '1', '-W', '1', to], {
    stdio: 'ignore',
  });
  return done.status === 0;
}

function sysctl(netns: TestNetns, setting: string): void {
  execFileSync('ip', ['netns', 'exec', netns.name, 'sysctl', '-qw', setting]);
}

function connect(a: TestNetns, nameA: string, b: TestNetns, nameB: string): void {
  a.ip(`link add ${nameA} type veth peer name ${nameB} netns ${b.name}`);
  a.ip(`link set ${nameA} up`);
  b.ip(`link set ${nameB} up`);
}

test(
  'two namespaces over a bridge: the ping gets there, and so does the path, until a link is down',
  () =>
    inFolder(async (data) => {
      using left = new TestNetns();
      using right = new TestNetns();
      using middle = new TestNetns();
      middle.ip('link add br0 type bridge');
      middle.ip('link set br0 up');
      for (const [host, port, address] of [
        [left, 'pl', '10.9.0.1/24'],
        [right, 'pr', '10.9.0.2/24'],
      ] as const) {
        connect(host, 'eth0', middle, port);
        middle.ip(`link set ${port} master br0`);
        host.ip(`addr add ${address} dev eth0`);
      }
      await using skein = await skeinUp(data);
      const asked = { from: left.name, to: `${right.name}/eth0` };
      expect(pings(left, '10.9.0.2')).toBe(true);
      const learned = await path(skein, asked, (way) => way.hops.some(({ how }) => how.fdb?.state === 'learned'));
      expect(learned.there).toMatchObject({ reaches: 'yes', mtu: 1500 });
      expect(told(learned)).toEqual([
        `${left.name} start`,
        `${left.name} route`,
        'eth0 out',
        'pl in',
        'br0 bridge',
        'pr out',
        'eth0 in',
        `${right.name} deliver`,
      ]);
      const before = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 50));

      middle.ip('link set pr mtu 1400');
      const narrow = await path(skein, asked, ({ mtu }) => mtu === 1400);
      expect(narrow.there.hops.flatMap(({ issues }) => issues.map(({ code }) => code))).toEqual(['mtu']);

      middle.ip('link set pr down');
      expect(pings(left, '10.9.0.2')).toBe(false);
      const down = await path(skein, asked, (way) => stops(way) && way.code === 'down');
      expect(down.there).toMatchObject({ reaches: 'no', code: 'down', reason: 'pr is down', stopsAt: { name: 'pr' } });

      right[Symbol.dispose]();
      const gone = await path(skein, { from: left.name, to: '10.9.0.2' }, stops);
      expect(gone.there.reaches).toBe('no');
      // Then it was there.
      const past = await path(skein, { ...asked, at: before }, reaches);
      expect(past).toMatchObject({ time: before, there: { reaches: 'yes', mtu: 1500 } });
      execFileSync('ip', ['netns', 'add', right.name]);
    }),
  240_000,
);

test(
  'over a router with policy rules, as ip route get has it; a blackhole stops it',
  () =>
    inFolder(async (data) => {
      using left = new TestNetns();
      using router = new TestNetns();
      using right = new TestNetns();
      connect(left, 'eth0', router, 'in0');
      connect(router, 'out0', right, 'eth0');
      connect(router, 'alt0', right, 'eth1');
      sysctl(router, 'net.ipv4.ip_forward=1');
      for (const [netns, address, device] of [
        [left, '10.1.0.2/24', 'eth0'],
        [router, '10.1.0.1/24', 'in0'],
        [router, '10.2.0.1/24', 'out0'],
        [router, '10.3.0.1/24', 'alt0'],
        [right, '10.2.0.2/24', 'eth0'],
        [right, '10.3.0.2/24', 'eth1'],
        [right, '10.50.0.1/32', 'lo'],
      ] as const)
        netns.ip(`addr add ${address} dev ${device}`);
      right.ip('link set lo up');
      left.ip('route add default via 10.1.0.1');
      right.ip('route add default via 10.2.0.1');
      router.ip('route add 10.50.0.0/16 via 10.2.0.2');
      router.ip('route add 10.50.0.0/16 via 10.3.0.2 table 77');
      await using skein = await skeinUp(data);
      const asked = { from: `${left.name}/eth0`, to: '10.50.0.1', both: true };
      expect(pings(left, '10.50.0.1')).toBe(true);
      const first = await path(skein, asked, (there, { back }) => reaches(there) && back?.reaches === 'yes');
      expect(
        first.there.hops.find(({ node, how }) => node.name === router.name && how.kind === 'route')?.how.route,
      ).toEqual({
        table: 254,
        rule: 32766,
        prefix: '10.50.0.0/16',
        gateway: '10.2.0.2',
        device: 'out0',
      });
      expect(first.there.assumed).toEqual([]);
      expect(first.back?.reaches).toBe('yes');

      router.ip('rule add from 10.1.0.0/24 iif in0 table 77 pref 500');
      const kernel = execFileSync(
        'ip',
        ['-n', router.name, 'route', 'get', '10.50.0.1', 'from', '10.1.0.2', 'iif', 'in0'],
        { encoding: 'utf8' },
      );
      expect(kernel).toMatch(/via 10\.3\.0\.2 dev alt0/);
      const ruled = await path(skein, asked, ({ hops }) => hops.some(({ how }) => how.route?.rule === 500));
      expect(ruled.there.hops.find(({ how }) => how.route?.rule === 500)?.how.route).toMatchObject({
        table: 77,
        gateway: '10.3.0.2',
        device: 'alt0',
      });
      expect(told(ruled)).toContain('alt0 out');

      router.ip('route add blackhole 10.50.0.1/32 table 77');
      expect(pings(left, '10.50.0.1')).toBe(false);
      const black = await path(skein, asked, stops);
      expect(black.there).toMatchObject({ reaches: 'no', code: 'no-route', stopsAt: { name: router.name } });
      expect(black.there.reason).toMatch(/10\.50\.0\.1.* in table 77 is blackhole for 10\.50\.0\.1/);
      // Nothing is known of the world beyond.
      const lost = await path(skein, { from: left.name, to: '8.8.8.8' }, stops);
      expect(lost.there).toMatchObject({
        reaches: 'no',
        code: 'no-route',
        reason: `${router.name} has no route to 8.8.8.8`,
      });

      // What a VPN brings comes from there.
      const program = compiled(join(import.meta.dirname, 'packets_tun.c'));
      const vpn = spawn('ip', ['netns', 'exec', router.name, program, 'vpn0'], { stdio: ['pipe', 'pipe', 'inherit'] });
      try {
        await once(vpn.stdout, 'data');
        router.ip('addr add 10.8.0.1/24 dev vpn0');
        router.ip('link set vpn0 up');
        const client = { from: '10.8.0.77', to: '10.1.0.2', both: true };
        const came = await path(skein, client, (there, { back }) => reaches(there) && back?.reaches === 'yes');
        expect(told(came)).toEqual(['vpn0 in', `${router.name} route`, 'in0 out', 'eth0 in', `${left.name} deliver`]);
        expect(came.back?.hops.at(-1)?.node.name).toBe('vpn0');
        const good = Date.now();
        await new Promise((resolve) => setTimeout(resolve, 50));
        router.ip('link set vpn0 down');
        await path(skein, { from: left.name, to: '10.8.0.77' }, stops);
        const why = { from: '10.8.0.77', to: '10.1.0.2', good };
        const reply = (await (await skein.post('/api/why', why)).json()) as WhyReply;
        // Others make namespaces here at the same time.
        expect(reply.culprits[0]).toMatchObject({ kind: 'link.down', element: { name: 'vpn0' } });
      } finally {
        vpn.stdin.end();
        await once(vpn, 'close');
      }
    }),
  240_000,
);

test(
  'through a VXLAN of the kernel below a bridge: with the bytes that it takes, and to the end with its number',
  () =>
    inFolder(async (data) => {
      using left = new TestNetns();
      using right = new TestNetns();
      connect(left, 'under', right, 'under');
      const vxlan = (netns: TestNetns, id: number, own: string, other: string) => {
        netns.ip(`link add vx0 type vxlan id ${id} local ${own} remote ${other} dstport 4789 dev under`);
        netns.ip('link set vx0 master br0 up');
      };
      for (const [netns, own, other, inner] of [
        [left, '192.0.2.1', '192.0.2.2', '10.8.0.1/24'],
        [right, '192.0.2.2', '192.0.2.1', '10.8.0.2/24'],
      ] as const) {
        netns.ip(`addr add ${own}/24 dev under`);
        netns.ip('link add br0 type bridge');
        netns.ip('link set br0 up');
        vxlan(netns, 42, own, other);
        netns.ip(`addr add ${inner} dev br0`);
      }
      await using skein = await skeinUp(data);
      const asked = { from: left.name, to: '10.8.0.2' };
      expect(pings(left, '10.8.0.2')).toBe(true);
      const found = await path(skein, asked, reaches);
      expect(found.there).toMatchObject({ reaches: 'yes', mtu: 1450 });
      expect(found.there.hops.find(({ how }) => how.tunnel)?.how.tunnel).toEqual({
        type: 'vxlan',
        key: 42,
        local: '192.0.2.1',
        remote: '192.0.2.2',
        overhead: 50,
      });
      expect(found.there.hops.filter(({ depth }) => depth === 1).map(({ node }) => node.name)).toContain('under');
      right.ip('link del vx0');
      vxlan(right, 43, '192.0.2.2', '192.0.2.1');
      expect(pings(left, '10.8.0.2')).toBe(false);
      const other = await path(skein, asked, stops);
      expect(other.there).toMatchObject({ reaches: 'no', code: 'tunnel-end' });
      expect(other.there.reason).toMatch(/^vx0 in .* does not take it: its key is 43, not 42$/);
    }),
  240_000,
);

test(
  'from one process to another that serves a port, also after they have ended',
  () =>
    inFolder(async (data) => {
      using left = new TestNetns();
      using right = new TestNetns();
      connect(left, 'eth0', right, 'eth0');
      left.ip('addr add 10.6.0.1/24 dev eth0');
      right.ip('addr add 10.6.0.2/24 dev eth0');
      const source =
        "require('node:net').createServer(() => {}).listen(8080, '10.6.0.2', () => console.log('listening'))";
      const server = spawn('ip', ['netns', 'exec', right.name, process.execPath, '-e', source], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const ask = "require('node:net').connect(8080, '10.6.0.2').on('connect', () => console.log('connected'))";
      let client = server;
      try {
        await once(server.stdout as NodeJS.ReadableStream, 'data');
        await using skein = await skeinUp(data);
        client = spawn('ip', ['netns', 'exec', left.name, process.execPath, '-e', ask], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        await once(client.stdout as NodeJS.ReadableStream, 'data');
        const asked = { from: `pid:${client.pid}`, to: `pid:${server.pid}` };
        const found = await path(skein, asked, reaches);
        expect(found).toMatchObject({
          packet: { source: '10.6.0.1', destination: '10.6.0.2', protocol: 6, destinationPort: 8080 },
          there: { reaches: 'yes', mtu: 1500 },
        });
        const at = Date.now();
        await new Promise((resolve) => setTimeout(resolve, 100));
        for (const one of [client, server]) {
          const ended = once(one, 'exit');
          one.kill('SIGKILL');
          await ended;
        }
        const past = await path(skein, { ...asked, at }, reaches);
        expect(past.packet).toMatchObject({ destinationPort: 8080 });
      } finally {
        for (const one of [client, server]) one.kill('SIGKILL');
      }
    }),
  240_000,
);
