/**
 * A small site that has one of everything that may break. Needs root.
 *
 *     client ── (c) br1 (r) ── lan1 router ── (pl) Open vSwitch br0, VLAN 7 (pr) ── server
 *     guest  ── (g) br2 (s) ── lan2 ┘ └────────────── VXLAN 42 ─────────────────┘
 *
 * The router forwards, filters what guests do, hides their addresses (the server has no route to them), and knows the
 * server as 10.50.9.9 too. The server has TCP at 8080 and 22, and UDP at 5353 that answers.
 */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { TestNetns } from '../kernel/native_netns.ts';
import { SwitchedHosts } from '../kernel/switched.ts';

export class ChecksWorld implements AsyncDisposable {
  readonly hosts: SwitchedHosts;
  readonly client = new TestNetns();
  readonly guest = new TestNetns();
  readonly bridge = new TestNetns();
  readonly #services = new Map<string, ChildProcess>();

  private constructor(hosts: SwitchedHosts) {
    this.hosts = hosts;
  }

  static async start(): Promise<ChecksWorld> {
    const world = new ChecksWorld(await SwitchedHosts.start());
    try {
      world.#wire();
      world.#address();
      world.filter();
      world.tunnel(42);
      await Promise.all([world.serve('tcp'), world.serve('udp')]);
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  get router(): TestNetns {
    return this.hosts.left;
  }

  get server(): TestNetns {
    return this.hosts.right;
  }

  /** Variables of checks-lab.yaml. */
  get vars(): Readonly<Record<string, string>> {
    const { client, guest, bridge, router, server, hosts } = this;
    const names = { client, guest, bridge, router, server, switch: hosts.middle };
    return Object.fromEntries(Object.entries(names).map(([key, { name }]) => [key, name]));
  }

  inside(netns: TestNetns, ...command: string[]): void {
    execFileSync('ip', ['netns', 'exec', netns.name, ...command], { stdio: 'pipe' });
  }

  nft(netns: TestNetns, commands: string): void {
    execFileSync('ip', ['netns', 'exec', netns.name, 'nft', '-f', '-'], { input: commands, stdio: 'pipe' });
  }

  ofctl(...words: readonly string[]): void {
    const folder = this.hosts.database.replace(/^unix:/, '').replace(/\/db\.sock$/, '');
    const [command = '', ...rest] = words;
    execFileSync('ovs-ofctl', [command, `unix:${folder}/br0.mgmt`, ...rest], { stdio: 'pipe' });
  }

  filter(): void {
    for (const netns of [this.router, this.server]) this.inside(netns, 'nft', 'flush', 'ruleset');
    this.nft(
      this.router,
      `table inet filter {
  chain forward { type filter hook forward priority 0; policy accept;
    ct state established,related accept
    iifname "lan2" tcp dport 22 counter drop
    iifname "lan2" oifname "lan1" counter reject
  }
}
table ip nat {
  chain prerouting { type nat hook prerouting priority -100; policy accept;
    ip daddr 10.50.9.9 dnat to 10.7.0.2
  }
  chain postrouting { type nat hook postrouting priority 100; policy accept;
    ip saddr 10.50.2.0/24 oifname "eth0" masquerade
  }
}
`,
    );
  }

  /** The server's end of it; the router's has number 42. */
  tunnel(vni: number): void {
    this.server.ip(`link add vx0 type vxlan id ${vni} local 10.7.0.2 remote 10.7.0.1 dstport 4789`);
    // The router remembers it.
    this.server.ip('link set vx0 address 02:00:00:00:60:02');
    this.server.ip('addr add 10.60.0.2/24 dev vx0');
    this.server.ip('link set vx0 up');
  }

  async serve(protocol: keyof typeof services): Promise<void> {
    const child = this.hosts.spawn(this.server, process.execPath, '-e', services[protocol]);
    this.#services.set(protocol, child);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
  }

  async stopServing(protocol: keyof typeof services): Promise<void> {
    const child = this.#services.get(protocol);
    if (child) await this.hosts.stop(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hosts[Symbol.asyncDispose]();
    for (const netns of [this.client, this.guest, this.bridge]) netns[Symbol.dispose]();
  }

  #wire(): void {
    const { client, guest, bridge, router, server } = this;
    for (const netns of [client, guest, bridge])
      for (const device of ['default', 'all']) this.sysctl(netns, `net.ipv6.conf.${device}.disable_ipv6=1`);
    for (const [name, ...ports] of [
      ['br1', [client, 'eth0', 'c'], [router, 'lan1', 'r']],
      ['br2', [guest, 'eth0', 'g'], [router, 'lan2', 's']],
    ] as const) {
      bridge.ip(`link add ${name} type bridge mcast_snooping 0`);
      bridge.ip(`link set ${name} up`);
      for (const [netns, end, port] of ports) {
        bridge.ip(`link add ${port} type veth peer name ${end} netns ${netns.name}`);
        bridge.ip(`link set ${port} master ${name} up`);
        netns.ip(`link set ${end} up`);
      }
    }
    for (const port of ['pl', 'pr']) this.hosts.ovs('set', 'port', port, 'tag=7');
    router.ip('link add vx0 type vxlan id 42 local 10.7.0.1 remote 10.7.0.2 dstport 4789');
    router.ip('addr add 10.60.0.1/24 dev vx0');
    router.ip('link set vx0 up');
    for (const netns of [client, guest, server]) netns.ip('link set lo up');
  }

  #address(): void {
    const { client, guest, router, server } = this;
    for (const [netns, device] of [
      [client, 'eth0'],
      [router, 'lan1'],
    ] as const)
      this.sysctl(netns, `net.ipv6.conf.${device}.disable_ipv6=0`);
    client.ip('addr add 10.50.1.2/24 dev eth0');
    client.ip('addr add fd50:1::2/64 dev eth0 nodad');
    client.ip('route add default via 10.50.1.1');
    guest.ip('addr add 10.50.2.2/24 dev eth0');
    guest.ip('route add default via 10.50.2.1');
    router.ip('addr add 10.50.1.1/24 dev lan1');
    router.ip('addr add fd50:1::1/64 dev lan1 nodad');
    router.ip('addr add 10.50.2.1/24 dev lan2');
    this.sysctl(router, 'net.ipv4.ip_forward=1');
    server.ip('route add 10.50.1.0/24 via 10.7.0.1');
  }

  sysctl(netns: TestNetns, setting: string): void {
    this.inside(netns, 'sysctl', '-qw', setting);
  }
}

const services = {
  tcp: `process.title = 'shop';
let left = 2;
for (const port of [8080, 22])
  require('node:net').createServer((one) => one.on('error', () => {})).listen(port, '0.0.0.0', () => --left || console.log('ready'));`,
  udp: `process.title = 'names';
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (data, { port, address }) => socket.send(data, port, address));
socket.bind(5353, '0.0.0.0', () => console.log('ready'));`,
  odd: `require('node:net').createServer().listen(81, '0.0.0.0', () => console.log('ready'));`,
};
