/**
 * A client on a bridge, a router, and a server on a switch of Open vSwitch: what sites that are there to be broken have
 * in common. Each wires its own. Needs root.
 *
 *     client ── (c) bridge (r) ── router ── (pl) Open vSwitch br0 (pr) ── server
 */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { TestNetns } from './native_netns.ts';
import type { SwitchedHosts } from './switched.ts';

export class RoutedSite implements AsyncDisposable {
  readonly hosts: SwitchedHosts;
  readonly #made: TestNetns[] = [];
  readonly client = this.namespace();
  readonly bridge = this.namespace();

  protected constructor(hosts: SwitchedHosts) {
    this.hosts = hosts;
  }

  /** 10.7.0.1 on eth0. */
  get router(): TestNetns {
    return this.hosts.left;
  }

  /** 10.7.0.2 on eth0. */
  get server(): TestNetns {
    return this.hosts.right;
  }

  inside(netns: TestNetns, ...command: string[]): void {
    execFileSync('ip', ['netns', 'exec', netns.name, ...command], { stdio: 'pipe' });
  }

  sysctl(netns: TestNetns, setting: string): void {
    this.inside(netns, 'sysctl', '-qw', setting);
  }

  nft(netns: TestNetns, commands: string): void {
    execFileSync('ip', ['netns', 'exec', netns.name, 'nft', '-f', '-'], { input: commands, stdio: 'pipe' });
  }

  /** Options and a command, and a rule at the end. */
  ofctl(...words: readonly [string, ...string[]]): void {
    const folder = this.hosts.database.replace(/^unix:/, '').replace(/\/db\.sock$/, '');
    execFileSync('ovs-ofctl', [...words.slice(0, -1), `unix:${folder}/br0.mgmt`, words.at(-1) as string], {
      stdio: 'pipe',
    });
  }

  /** An interface of `netns` at `port` of a bridge. */
  plug(netns: TestNetns, device: string, port: string, bridge = 'br0'): void {
    this.bridge.ip(`link add ${port} type veth peer name ${device} netns ${netns.name}`);
    this.bridge.ip(`link set ${port} master ${bridge}`);
    this.bridge.ip(`link set ${port} up`);
    netns.ip(`link set ${device} up`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hosts[Symbol.asyncDispose]();
    for (const netns of this.#made)
      try {
        netns[Symbol.dispose]();
      } catch {
        // A fault may have taken it already.
      }
  }

  protected namespace(): TestNetns {
    const netns = new TestNetns();
    this.#made.push(netns);
    return netns;
  }

  /** All that are no hosts of the switch. Nothing of theirs talks unasked then. */
  protected withoutIpv6(): void {
    for (const netns of this.#made)
      for (const device of ['default', 'all']) this.sysctl(netns, `net.ipv6.conf.${device}.disable_ipv6=1`);
  }

  protected addBridge(name: string): void {
    this.bridge.ip(`link add ${name} type bridge mcast_snooping 0`);
    this.bridge.ip(`link set ${name} up`);
  }

  /** The client has 10.50.1.2, and sends all by the router, which has 10.50.1.1 on `lan` and forwards. */
  protected route(lan: string): void {
    this.client.ip('addr add 10.50.1.2/24 dev eth0');
    this.client.ip('route add default via 10.50.1.1');
    this.router.ip(`addr add 10.50.1.1/24 dev ${lan}`);
    this.sysctl(this.router, 'net.ipv4.ip_forward=1');
  }

  protected addIpv6(netns: TestNetns, device: string, address: string): void {
    this.sysctl(netns, `net.ipv6.conf.${device}.disable_ipv6=0`);
    netns.ip(`addr add ${address} dev ${device} nodad`);
  }

  /** `mac`: one that does not change when it is made anew, since the other end remembers it. */
  protected addTunnel(
    netns: TestNetns,
    { vni, own, other, mac }: Record<'vni' | 'own' | 'other', number> & { readonly mac?: string },
  ): void {
    netns.ip(`link add vx0 type vxlan id ${vni} local 10.7.0.${own} remote 10.7.0.${other} dstport 4789`);
    if (mac !== undefined) netns.ip(`link set vx0 address ${mac}`);
    netns.ip(`addr add 10.60.0.${own}/24 dev vx0`);
    netns.ip('link set vx0 up');
  }

  /** A program of the server, from when it says that it is ready. */
  protected async served(source: string): Promise<ChildProcess> {
    const child = this.hosts.spawn(this.server, process.execPath, '-e', source);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    return child;
  }
}

/** Removed again when it cannot be made. */
export async function made<T extends RoutedSite>(site: T, make: () => Promise<unknown>): Promise<T> {
  try {
    await make();
    return site;
  } catch (error) {
    await site[Symbol.asyncDispose]();
    throw error;
  }
}
