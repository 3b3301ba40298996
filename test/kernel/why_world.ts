/**
 * A routed network to break: a client on a bridge, a router that filters and translates, a server on a switch
 * of Open vSwitch, a tunnel between router and server, and strangers beside them. Needs root.
 *
 *     client ── (c) switch: br0 (r) ── router ── (pl) Open vSwitch br0 (pr) ── server :8080
 *               stranger (x) ┘                     └──────── VXLAN 42 ────────┘
 */
import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../eventually.ts';
import { TestNetns } from './native_netns.ts';
import { SwitchedHosts } from './switched.ts';

/** Rules of the router's chain forward. */
const FORWARDED = ['ip saddr @blocked drop', 'jump guests', 'tcp dport 8080 counter accept', 'tcp dport 23 drop'];

export class WhyWorld implements AsyncDisposable {
  readonly hosts: SwitchedHosts;
  readonly client = new TestNetns();
  readonly bridge = new TestNetns();
  readonly stranger = new TestNetns();
  /** Nothing of it is near the path. */
  readonly elsewhere = new TestNetns();
  #service: ChildProcess | undefined;
  #noises = 0;

  private constructor(hosts: SwitchedHosts) {
    this.hosts = hosts;
  }

  static async start(): Promise<WhyWorld> {
    const world = new WhyWorld(await SwitchedHosts.start());
    try {
      world.#wire();
      world.#route();
      world.filter();
      await world.serve('0.0.0.0');
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** 10.50.1.1 on lan, 10.7.0.1 on eth0. */
  get router(): TestNetns {
    return this.hosts.left;
  }

  /** 10.7.0.2 on eth0. */
  get server(): TestNetns {
    return this.hosts.right;
  }

  ofctl(...words: readonly string[]): void {
    const folder = this.hosts.database.replace(/^unix:/, '').replace(/\/db\.sock$/, '');
    const rest = [...words];
    const rule = rest.pop() ?? '';
    execFileSync('ovs-ofctl', [...rest, `unix:${folder}/br0.mgmt`, rule], { stdio: 'pipe' });
  }

  nft(netns: TestNetns, commands: string): void {
    execFileSync('ip', ['netns', 'exec', netns.name, 'nft', '-f', '-'], { input: commands, stdio: 'pipe' });
  }

  sysctl(netns: TestNetns, setting: string): void {
    execFileSync('ip', ['netns', 'exec', netns.name, 'sysctl', '-qw', setting]);
  }

  /** A connection is let through, an address is translated. */
  filter(): void {
    this.nft(
      this.router,
      `table ip filter {
  set blocked { type ipv4_addr; }
  chain guests { tcp dport 25 drop; }
  chain forward { type filter hook forward priority 0; policy accept;
${FORWARDED.map((rule) => `    ${rule}`).join('\n')}
  }
}
table ip nat {
  chain prerouting { type nat hook prerouting priority -100; policy accept;
    ip daddr 10.50.9.9 dnat to 10.7.0.2
  }
}
`,
    );
  }

  /** As it was: the chain stays. */
  refilter(): void {
    const rules = FORWARDED.map((rule) => `add rule ip filter forward ${rule}\n`);
    this.nft(this.router, `flush chain ip filter forward\n${rules.join('')}`);
  }

  async serve(address: string): Promise<void> {
    const source = `require('net').createServer(()=>{}).listen(8080,'${address}',()=>console.log('listening'))`;
    this.#service = this.hosts.spawn(this.server, process.execPath, '-e', source);
    await once(this.#service.stdout as NodeJS.ReadableStream, 'data');
  }

  async stopServing(): Promise<void> {
    const service = this.#service;
    this.#service = undefined;
    if (service) {
      const exited = service.exitCode === null && service.signalCode === null ? once(service, 'exit') : undefined;
      service.kill('SIGKILL');
      await exited;
    }
  }

  /** Changes that harm nobody: elsewhere, beside the path, and on it. */
  noise(): void {
    const n = ++this.#noises % 200;
    batch(this.elsewhere, [
      `link add no${n} type veth peer name po${n}`,
      `addr add 10.88.${n}.1/24 dev no${n}`,
      `link set no${n} up`,
      `route add 10.89.${n}.0/24 via 10.7.0.2 dev lo onlink`,
    ]);
    batch(this.router, [
      `link set lan alias r${n}`,
      `route replace 10.90.${n}.0/24 via 10.7.0.77 dev eth0`,
      `neigh replace 10.7.0.${100 + (n % 100)} lladdr 02:00:00:00:01:${(n % 200).toString(16).padStart(2, '0')} dev eth0 nud reachable`,
    ]);
    batch(this.client, [`link set eth0 alias c${n}`, `link set eth0 txqueuelen ${1000 + n}`]);
    batch(this.server, [`link set eth0 alias s${n}`, `route replace 10.91.${n}.0/24 via 10.7.0.78 dev eth0`]);
  }

  #wire(): void {
    const { client, bridge, stranger, router } = this;
    for (const netns of [client, bridge, stranger, this.elsewhere])
      for (const device of ['default', 'all']) this.sysctl(netns, `net.ipv6.conf.${device}.disable_ipv6=1`);
    bridge.ip('link add br0 type bridge mcast_snooping 0');
    bridge.ip('link set br0 up');
    bridge.ip('link add br1 type bridge mcast_snooping 0');
    bridge.ip('link set br1 up');
    this.plug(client, 'eth0', 'c');
    this.plug(router, 'lan', 'r');
    this.plug(stranger, 'eth0', 'x');
    this.elsewhere.ip('link set lo up');
  }

  /** An interface on the bridge. */
  plug(netns: TestNetns, name: string, port: string): void {
    this.bridge.ip(`link add ${port} type veth peer name ${name} netns ${netns.name}`);
    this.bridge.ip(`link set ${port} master br0`);
    this.bridge.ip(`link set ${port} up`);
    netns.ip(`link set ${name} up`);
  }

  #route(): void {
    const { client, router, server, stranger } = this;
    client.ip('addr add 10.50.1.2/24 dev eth0');
    client.ip('route add default via 10.50.1.1');
    stranger.ip('addr add 10.50.1.9/24 dev eth0');
    router.ip('addr add 10.50.1.1/24 dev lan');
    this.sysctl(router, 'net.ipv4.ip_forward=1');
    server.ip('route add default via 10.7.0.1');
    this.tunnel();
    this.#route6();
  }

  /** The same way for IPv6, which this network has on its path alone: fd50::2, fd50::1, fd07::1, fd07::2. */
  #route6(): void {
    const { client, router, server } = this;
    for (const [netns, device, address] of [
      [client, 'eth0', 'fd50::2/64'],
      [router, 'lan', 'fd50::1/64'],
      [router, 'eth0', 'fd07::1/64'],
      [server, 'eth0', 'fd07::2/64'],
    ] as const) {
      this.sysctl(netns, `net.ipv6.conf.${device}.disable_ipv6=0`);
      netns.ip(`addr add ${address} dev ${device} nodad`);
    }
    this.sysctl(router, 'net.ipv6.conf.all.forwarding=1');
    client.ip('-6 route add default via fd50::1');
    server.ip('-6 route add default via fd07::1');
  }

  tunnel(): void {
    for (const [netns, own, other] of [
      [this.router, 1, 2],
      [this.server, 2, 1],
    ] as const) {
      netns.ip(`link add vx0 type vxlan id 42 local 10.7.0.${own} remote 10.7.0.${other} dstport 4789`);
      netns.ip(`addr add 10.60.0.${own}/24 dev vx0`);
      netns.ip('link set vx0 up');
    }
  }

  async ready(): Promise<void> {
    await eventually(() => {
      for (const to of ['10.7.0.2', '10.60.0.2'])
        execFileSync('ip', ['netns', 'exec', this.router.name, 'ping', '-n', '-c', '1', '-W', '1', to], {
          stdio: 'ignore',
        });
      execFileSync('ip', ['netns', 'exec', this.client.name, 'ping', '-n', '-c', '1', '-W', '1', '10.7.0.2'], {
        stdio: 'ignore',
      });
    }, 10_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopServing();
    await this.hosts[Symbol.asyncDispose]();
    for (const netns of [this.client, this.bridge, this.stranger, this.elsewhere])
      try {
        netns[Symbol.dispose]();
      } catch {
        // A fault may have taken it already.
      }
  }
}

/** Each line that can be done is: a fault may stand against one. */
function batch(netns: TestNetns, lines: readonly string[]): void {
  spawnSync('ip', ['-n', netns.name, '-force', '-batch', '-'], { input: `${lines.join('\n')}\n`, stdio: 'pipe' });
}
