/**
 * A small site that has one of everything that may break. Needs root.
 *
 *     client ── (c) br1 (r) ── lan1 router ── (pl) Open vSwitch br0, VLAN 7 (pr) ── server
 *     guest  ── (g) br2 (s) ── lan2 ┘ └────────────── VXLAN 42 ─────────────────┘
 *
 * The router forwards, filters what guests do, hides their addresses (the server has no route to them), and knows the
 * server as 10.50.9.9 too. The server has TCP at 8080 and 22, and UDP at 5353 that answers.
 */
import type { ChildProcess } from 'node:child_process';
import { made, RoutedSite } from '../kernel/routed_site.ts';
import { SwitchedHosts } from '../kernel/switched.ts';

export class ChecksWorld extends RoutedSite {
  readonly guest = this.namespace();
  readonly #services = new Map<string, ChildProcess>();

  static async start(): Promise<ChecksWorld> {
    const world = new ChecksWorld(await SwitchedHosts.start());
    return made(world, () => {
      world.#wire();
      world.#address();
      world.filter();
      world.tunnel(42);
      return Promise.all([world.serve('tcp'), world.serve('udp')]);
    });
  }

  /** Variables of checks-lab.yaml. */
  get vars(): Readonly<Record<string, string>> {
    const { client, guest, bridge, router, server, hosts } = this;
    const names = { client, guest, bridge, router, server, switch: hosts.middle };
    return { ...Object.fromEntries(Object.entries(names).map(([key, { name }]) => [key, name])), service };
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
    this.addTunnel(this.server, { vni, own: 2, other: 1, mac: '02:00:00:00:60:02' });
  }

  async serve(protocol: keyof typeof services): Promise<void> {
    this.#services.set(protocol, await this.served(services[protocol]));
  }

  async stopServing(protocol: keyof typeof services): Promise<void> {
    const child = this.#services.get(protocol);
    if (child) await this.hosts.stop(child);
  }

  #wire(): void {
    const { client, guest, router, server } = this;
    this.withoutIpv6();
    for (const name of ['br1', 'br2']) this.addBridge(name);
    this.plug(client, 'eth0', 'c', 'br1');
    this.plug(router, 'lan1', 'r', 'br1');
    this.plug(guest, 'eth0', 'g', 'br2');
    this.plug(router, 'lan2', 's', 'br2');
    for (const port of ['pl', 'pr']) this.hosts.ovs('set', 'port', port, 'tag=7');
    this.addTunnel(router, { vni: 42, own: 1, other: 2 });
    for (const netns of [client, guest, server]) netns.ip('link set lo up');
  }

  #address(): void {
    const { client, guest, router, server } = this;
    this.route('lan1');
    this.addIpv6(client, 'eth0', 'fd50:1::2/64');
    this.addIpv6(router, 'lan1', 'fd50:1::1/64');
    guest.ip('addr add 10.50.2.2/24 dev eth0');
    guest.ip('route add default via 10.50.2.1');
    router.ip('addr add 10.50.2.1/24 dev lan2');
    server.ip('route add 10.50.1.0/24 via 10.7.0.1');
  }
}

/** Processes of others are seen too, and may be called like ours. */
const service = `shop${process.pid}`;

const services = {
  tcp: `process.title = '${service}';
let left = 2;
for (const port of [8080, 22])
  require('node:net').createServer((one) => one.on('error', () => {})).listen(port, '0.0.0.0', () => --left || console.log('ready'));`,
  udp: `process.title = 'names';
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (data, { port, address }) => socket.send(data, port, address));
socket.bind(5353, '0.0.0.0', () => console.log('ready'));`,
  odd: `require('node:net').createServer().listen(81, '0.0.0.0', () => console.log('ready'));`,
};
