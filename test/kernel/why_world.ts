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
import type { TestNetns } from './native_netns.ts';
import { made, RoutedSite } from './routed_site.ts';
import { SwitchedHosts } from './switched.ts';

/** Rules of the router's chain forward. */
const FORWARDED = ['ip saddr @blocked drop', 'jump guests', 'tcp dport 8080 counter accept', 'tcp dport 23 drop'];

/** The router has 10.50.1.1 on lan. */
export class WhyWorld extends RoutedSite {
  readonly stranger = this.namespace();
  /** Nothing of it is near the path. */
  readonly elsewhere = this.namespace();
  #service: ChildProcess | undefined;
  #noises = 0;

  static async start(): Promise<WhyWorld> {
    const world = new WhyWorld(await SwitchedHosts.start());
    return made(world, () => {
      world.#wire();
      world.#route();
      world.filter();
      return world.serve('0.0.0.0');
    });
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

  /** `more`: options of node's `listen` that win. */
  async serve(address: string, more = ''): Promise<void> {
    const options = `{port:8080,host:'${address}',${more}}`;
    this.#service = await this.served(
      `require('net').createServer(()=>{}).listen(${options},()=>console.log('listening'))`,
    );
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
    this.withoutIpv6();
    for (const name of ['br0', 'br1']) this.addBridge(name);
    this.plug(this.client, 'eth0', 'c');
    this.plug(this.router, 'lan', 'r');
    this.plug(this.stranger, 'eth0', 'x');
    this.elsewhere.ip('link set lo up');
  }

  #route(): void {
    this.route('lan');
    this.stranger.ip('addr add 10.50.1.9/24 dev eth0');
    this.server.ip('route add default via 10.7.0.1');
    this.tunnel();
    this.#route6();
  }

  /** The same way for IPv6, which this network has on its path alone: fd50::2, fd50::1, fd07::1, fd07::2. */
  #route6(): void {
    const { client, router, server } = this;
    this.addIpv6(client, 'eth0', 'fd50::2/64');
    this.addIpv6(router, 'lan', 'fd50::1/64');
    this.addIpv6(router, 'eth0', 'fd07::1/64');
    this.addIpv6(server, 'eth0', 'fd07::2/64');
    this.sysctl(router, 'net.ipv6.conf.all.forwarding=1');
    client.ip('-6 route add default via fd50::1');
    server.ip('-6 route add default via fd07::1');
  }

  tunnel(): void {
    this.addTunnel(this.router, { vni: 42, own: 1, other: 2 });
    this.addTunnel(this.server, { vni: 42, own: 2, other: 1 });
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

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.stopServing();
    await super[Symbol.asyncDispose]();
  }
}

/** Each line that can be done is: a fault may stand against one. */
function batch(netns: TestNetns, lines: readonly string[]): void {
  spawnSync('ip', ['-n', netns.name, '-force', '-batch', '-'], { input: `${lines.join('\n')}\n`, stdio: 'pipe' });
}
