/** Packet filters and NAT on the way: what `skein path` says, and what real connections do. Needs root. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { PathReply, PathTravel } from '../../src/contract/path.ts';
import { inFolder, type Running, skeinUp } from '../e2e/running.ts';
import { TestNetns } from './native_netns.ts';

/** Says to whoever connects from where it came, and where it arrived. */
const SERVER = `
const server = require('node:net');
let left = 0;
for (const port of [53, 5353]) {
  const socket = require('node:dgram').createSocket('udp6');
  socket.on('message', (_, from) => socket.send(from.address.replace('::ffff:', '') + ' :' + port, from.port, from.address));
  socket.bind(port);
}
for (const port of [80, 8080, 9090]) {
  left++;
  server.createServer((socket) => {
    socket.on('error', () => {});
    const own = socket.localAddress.replace('::ffff:', '');
    socket.end(socket.remoteAddress.replace('::ffff:', '') + ' ' + (own.includes(':') ? '[' + own + ']' : own) + ':' + socket.localPort);
  }).listen(port, '::', () => { if (--left === 0) console.log('ready'); });
}`;

interface Case {
  readonly name: string;
  /** In the router's tables, or those of who connects. */
  readonly rules: string;
  readonly isOwn?: true;
  /** Default: the client. */
  readonly from?: 'router' | 'server';
  /** Default: tcp. Who hears of icmp says nothing but that it did. */
  readonly protocol?: 'udp' | 'icmp';
  /** Where it connects to. Default: the server at port 80. */
  readonly to?: string;
  readonly port?: number;
}

const filter = (hook: string, rules: string, policy = 'accept') =>
  `table ip f { chain c { type filter hook ${hook} priority 0; policy ${policy};\n${rules}\n}; }`;
const filter6 = (rules: string) => filter('forward', rules).replace('table ip f', 'table ip6 f');
const nat = (hook: string, rules: string) =>
  `table ip n { chain c { type nat hook ${hook} priority ${hook === 'postrouting' ? 100 : -100};\n${rules}\n}; }`;

const cases: readonly Case[] = [
  { name: 'nothing at all', rules: '' },
  { name: 'a port is dropped', rules: filter('forward', 'tcp dport 80 drop') },
  { name: 'another port is dropped', rules: filter('forward', 'tcp dport 81 drop') },
  { name: 'a network is rejected', rules: filter('forward', 'ip saddr 10.31.0.0/24 reject') },
  { name: 'nothing passes unless it is allowed', rules: filter('forward', 'tcp dport 443 accept', 'drop') },
  {
    name: 'what is allowed passes, and its answers as established',
    rules: filter('forward', 'ct state established accept\nct state new tcp dport { 22, 80-90 } accept', 'drop'),
  },
  { name: 'its answers are not allowed', rules: filter('forward', 'tcp dport 80 accept', 'drop') },
  { name: 'interfaces say which way', rules: filter('forward', 'iifname "in*" oifname "out0" drop') },
  { name: 'a chain of input does not see it', rules: filter('input', '', 'drop') },
  {
    name: 'a jump returns, and the next rule drops',
    rules: `table ip f {
      chain sub { tcp dport 80 return; drop; }
      chain c { type filter hook forward priority 0; jump sub; counter drop; }
    }`,
  },
  {
    name: 'a goto does not come back',
    rules: `table ip f {
      chain sub { tcp dport 81 drop; }
      chain c { type filter hook forward priority 0; policy accept; goto sub; drop; }
    }`,
  },
  {
    name: 'an accept is for one chain alone',
    rules: `table inet a { chain c { type filter hook forward priority -10; accept; }; }
      table inet b { chain c { type filter hook forward priority 10; tcp dport 80 drop; }; }`,
  },
  {
    name: 'a set and a verdict map',
    rules: `table ip f {
      set s { type ipv4_addr; flags interval; elements = { 10.31.0.0/24 }; }
      chain deny { drop; }
      chain c { type filter hook forward priority 0; ip saddr @s tcp dport vmap { 80 : jump deny, 81 : accept }; }
    }`,
  },
  {
    name: 'a mark that is set before is looked at after',
    rules: `table ip m { chain c { type filter hook prerouting priority -150; tcp dport 80 meta mark set 0x10; }; }
      table ip f { chain c { type filter hook forward priority 0; meta mark & 0xf0 == 0x10 drop; }; }`,
  },
  { name: 'only the first flag of a connection', rules: filter('forward', 'tcp flags & (syn|ack) == syn drop') },
  { name: 'who connects is hidden', rules: nat('postrouting', 'oifname "out0" masquerade') },
  { name: 'who connects is another', rules: nat('postrouting', 'ip saddr 10.31.0.2 snat to 10.32.0.7') },
  {
    name: 'a port of the router leads to the server',
    rules: nat('prerouting', 'tcp dport 8000 dnat to 10.32.0.2:8080'),
    to: '10.31.0.1',
    port: 8000,
  },
  {
    name: 'a map leads to the server',
    rules: nat('prerouting', 'ip daddr 192.0.2.1 dnat to tcp dport map { 80 : 10.32.0.2, 81 : 10.32.0.3 }'),
    to: '192.0.2.1',
  },
  {
    name: 'it is translated, and then dropped as what it is now',
    rules: `${nat('prerouting', 'tcp dport 8000 dnat to 10.32.0.2:9090')}\n${filter('forward', 'tcp dport 9090 drop')}`,
    to: '10.31.0.1',
    port: 8000,
  },
  {
    name: 'a port of the router without anything behind it',
    rules: filter('input', 'tcp dport 8000 reject'),
    to: '10.31.0.1',
    port: 8000,
  },
  { name: 'IPv6', rules: '', to: 'fd32::2' },
  { name: 'IPv6 that is dropped', rules: filter6('ip6 saddr fd31::/64 tcp dport 80 drop'), to: 'fd32::2' },
  {
    name: 'IPv6 to a port of the router',
    rules:
      'table ip6 n { chain c { type nat hook prerouting priority -100; tcp dport 8000 dnat to [fd32::2]:8080; }; }',
    to: 'fd31::1',
    port: 8000,
  },
  { name: 'rules of IPv4 are none of IPv6', rules: filter('forward', 'drop'), to: 'fd32::2' },
  { name: 'UDP', rules: filter('forward', 'meta l4proto tcp drop'), protocol: 'udp', port: 53 },
  {
    name: 'UDP that is dropped',
    rules: filter('forward', 'udp dport { 53, 54 } drop'),
    protocol: 'udp',
    port: 53,
  },
  {
    name: 'UDP to another port, and hidden',
    rules: `${nat('prerouting', 'udp dport 53 dnat to 10.32.0.2:5353')}\n${nat('postrouting', 'masquerade').replace('table ip n', 'table ip m')}`,
    protocol: 'udp',
    port: 53,
  },
  { name: 'ICMP', rules: filter('forward', 'meta l4proto { tcp, udp } drop'), protocol: 'icmp' },
  {
    name: 'ICMP that is dropped',
    rules: filter('forward', 'icmp type echo-request drop'),
    protocol: 'icmp',
  },
  { name: 'ICMP whose answers are dropped', rules: filter('forward', 'icmp type echo-reply drop'), protocol: 'icmp' },
  {
    name: 'what leaves the router itself is translated',
    rules: nat('output', 'ip daddr 192.0.2.1 tcp dport 80 dnat to 10.32.0.2:8080'),
    from: 'router',
    to: '192.0.2.1',
  },
  {
    name: 'what leaves comes back to itself',
    rules: nat('output', 'tcp dport 8000 redirect to :8080'),
    ...{ isOwn: true, from: 'server', to: '10.31.0.2', port: 8000 },
  },
  {
    name: 'a server that asks for itself at the router, and is hidden',
    rules: `${nat('prerouting', 'tcp dport 8000 dnat to 10.32.0.2:8080')}
      ${nat('postrouting', 'ip saddr 10.32.0.2 ip daddr 10.32.0.2 masquerade').replace('table ip n', 'table ip m')}`,
    ...{ from: 'server', to: '10.32.0.1', port: 8000 },
  },
  {
    name: 'a server that asks for itself at the router, and gets what it sent itself',
    rules: nat('prerouting', 'tcp dport 8000 dnat to 10.32.0.2:8080'),
    ...{ from: 'server', to: '10.32.0.1', port: 8000 },
  },
  {
    name: 'it is translated, and hidden besides',
    rules: `${nat('prerouting', 'tcp dport 8000 dnat to 10.32.0.2:8080')}
      ${nat('postrouting', 'ct status dnat masquerade').replace('table ip n', 'table ip m')}`,
    to: '10.31.0.1',
    port: 8000,
  },
];

let worlds: TestNetns[] = [];
let server: ChildProcess;

beforeAll(async () => {
  worlds = [new TestNetns(), new TestNetns(), new TestNetns()];
  const [client, router, far] = worlds as [TestNetns, TestNetns, TestNetns];
  client.ip(`link add eth0 type veth peer name in0 netns ${router.name}`);
  router.ip(`link add out0 type veth peer name eth0 netns ${far.name}`);
  for (const [netns, address, device] of [
    [client, '10.31.0.2/24', 'eth0'],
    [router, '10.31.0.1/24', 'in0'],
    [router, '10.32.0.1/24', 'out0'],
    [router, '10.32.0.7/24', 'out0'],
    [far, '10.32.0.2/24', 'eth0'],
    [client, 'fd31::2/64', 'eth0'],
    [router, 'fd31::1/64', 'in0'],
    [router, 'fd32::1/64', 'out0'],
    [far, 'fd32::2/64', 'eth0'],
  ] as const) {
    netns.ip(`addr add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}`);
    netns.ip(`link set ${device} up`);
    netns.ip('link set lo up');
  }
  client.ip('route add default via fd31::1');
  far.ip('route add default via fd32::1');
  client.ip('route add default via 10.31.0.1');
  far.ip('route add default via 10.32.0.1');
  inside(router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
  server = spawn('ip', ['netns', 'exec', far.name, process.execPath, '-e', SERVER], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  if (server.stdout) await once(server.stdout, 'data');
});

afterAll(() => {
  server?.kill('SIGKILL');
  for (const netns of worlds) netns[Symbol.dispose]();
});

function inside(netns: TestNetns, command: string, ...args: string[]): void {
  execFileSync('ip', ['netns', 'exec', netns.name, command, ...args]);
}

/** Seconds. Where something should be heard that is not, it is waited for longer: a machine may be busy. */
const [WAITS, WAITS_LONG] = ['0.15', '10'];
const WITHIN_MS = 20_000;

/** What the server says to whoever connects; undefined when it is not heard. */
async function really(
  netns: TestNetns,
  { to: address, port, protocol }: Required<Pick<Case, 'to' | 'port'>> & { readonly protocol: string },
  waits = WAITS,
): Promise<string | undefined> {
  const command =
    protocol === 'icmp'
      ? `ping -c1 ${address} >/dev/null && echo -n heard`
      : protocol === 'udp'
        ? `exec 3<>/dev/udp/${address}/${port}; echo >&3; dd bs=64 count=1 status=none <&3`
        : `exec 3<>/dev/tcp/${address}/${port} && cat <&3`;
  const child = spawn('ip', ['netns', 'exec', netns.name, 'timeout', waits, 'bash', '-c', command], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 && said !== '' ? said : undefined;
}

/** The same as the model has it. */
function modelled({ packet, there, back }: PathReply, protocol = 'tcp'): string | undefined {
  if (there.reaches !== 'yes' || back?.reaches !== 'yes') return undefined;
  if (protocol === 'icmp') return 'heard';
  let [from, to] = [packet.source, ended(packet.destination, packet.destinationPort)];
  for (const { how } of there.hops) if (how.nat) [from, to] = [how.nat.newFrom, how.nat.newTo];
  const address = from.includes('.') || from.startsWith('[') ? from.replace(/:\d+$/, '').replace(/[[\]]/g, '') : from;
  return `${address} ${protocol === 'udp' ? to.replace(/.*:/, ':') : to}`;
}

function ended(address: string, port: number | undefined): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

async function asked(skein: Running, question: object): Promise<PathReply> {
  const response = await skein.post('/api/path', question);
  if (response.status !== 200) throw new Error(await response.text());
  return (await response.json()) as PathReply;
}

/** In so many namespaces. */
async function seen(skein: Running, name: string, count: number): Promise<void> {
  for (const end = Date.now() + WITHIN_MS; Date.now() < end; ) {
    const response = await skein.post('/api/topology', {
      GremlinQuery: `G.V().Has('Type', 'nftchain', 'Name', '${name}').Count()`,
    });
    if ((await response.text()).trim() === String(count)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${name} is not in the graph`);
}

/** The way there, as soon as it ends so. */
async function until(skein: Running, code: string): Promise<PathTravel> {
  for (const end = Date.now() + WITHIN_MS; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const { there } = await asked(skein, { from: worlds[0]?.name, to: '10.32.0.2', protocol: 'tcp', port: 80 });
    if (there.code === code || Date.now() > end) return there;
  }
}

const codes = ({ hops }: PathTravel) => hops.flatMap(({ issues }) => issues.map(({ code }) => code));

test(
  'what the rules of a router let through, drop and translate is what they do',
  () =>
    inFolder(async (data) => {
      const [client, router, far] = worlds as [TestNetns, TestNetns, TestNetns];
      await using skein = await skeinUp(data);
      const found: Record<string, string | undefined> = {};
      const real: Record<string, string | undefined> = {};
      let number = 0;
      for (const { name, rules, to = '10.32.0.2', port = 80, protocol = 'tcp', from, isOwn } of cases) {
        const marker = `marker${number++}`;
        const asks = from === 'router' ? router : from === 'server' ? far : client;
        const where = isOwn ? asks : router;
        for (const netns of worlds)
          execFileSync('ip', ['netns', 'exec', netns.name, 'nft', '-f', '-'], {
            input: `flush ruleset\n${netns === where ? rules : ''}\ntable ip marker { chain ${marker} { }; }\n`,
          });
        const question = { from: asks.name, to, protocol, both: true, ...(protocol !== 'icmp' && { port }) };
        const [said, reply] = await Promise.all([
          really(asks, { to, port, protocol }),
          seen(skein, marker, worlds.length).then(() => asked(skein, question)),
        ]);
        found[name] = modelled(reply, protocol);
        const isLate = said === undefined && found[name] !== undefined;
        real[name] = isLate ? await really(asks, { to, port, protocol }, WAITS_LONG) : said;
        expect([name, codes(reply.there).includes('filter-unknown')]).toEqual([name, false]);
      }
      expect(found).toEqual(real);

      execFileSync('ip', ['netns', 'exec', router.name, 'nft', 'flush', 'ruleset']);
      inside(router, 'sysctl', '-qw', 'net.ipv4.ip_forward=0');
      expect(await really(client, { to: '10.32.0.2', port: 80, protocol: 'tcp' })).toBeUndefined();
      expect(await until(skein, 'no-forwarding')).toMatchObject({ reaches: 'no', stopsAt: { name: router.name } });
      inside(router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=1');
      router.ip('route add 10.31.0.2/32 dev out0');
      expect(await really(client, { to: '10.32.0.2', port: 80, protocol: 'tcp' })).toBeUndefined();
      expect(await until(skein, 'rp-filter')).toMatchObject({ reaches: 'no', stopsAt: { name: router.name } });
      expect(Object.values(real).filter((said) => said !== undefined).length).toBeGreaterThan(7);
      expect(Object.values(real).filter((said) => said === undefined).length).toBeGreaterThan(7);
    }),
  240_000,
);
