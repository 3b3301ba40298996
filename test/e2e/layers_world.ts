/**
 * Two hosts, as far as a network can tell: an Open vSwitch each, in namespaces of their own, with a VXLAN between them,
 * and on each switch one container of Docker: `web` asks `db`, from `begin()` on. Needs root.
 */
import { execFileSync } from 'node:child_process';
import { eventually } from '../eventually.ts';
import { IMAGE, OwnDocker } from '../kernel/containing.ts';
import { SwitchedHosts } from '../kernel/switched.ts';

export class LayersWorld implements AsyncDisposable {
  readonly near: SwitchedHosts;
  readonly far: SwitchedHosts;
  readonly docker: OwnDocker;
  readonly #all: AsyncDisposableStack;

  private constructor(all: AsyncDisposableStack, near: SwitchedHosts, far: SwitchedHosts, docker: OwnDocker) {
    this.#all = all;
    this.near = near;
    this.far = far;
    this.docker = docker;
  }

  static async start(): Promise<LayersWorld> {
    await using all = new AsyncDisposableStack();
    const docker = all.use(await OwnDocker.start());
    const near = all.use(await SwitchedHosts.start());
    const far = all.use(await SwitchedHosts.start());
    const world = new LayersWorld(all.move(), near, far, docker);
    try {
      await world.#connect();
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Number of the first process of a container. */
  pid(container: string): number {
    return Number(this.docker.docker('inspect', '-f', '{{.State.Pid}}', container));
  }

  /** Flags with which Skein watches all this. */
  get flags(): string[] {
    const { near, far, docker } = this;
    const databases = ['--probes-ovs-databases', `${near.database},${far.database}`];
    return [...databases, '--probes-docker-url', docker.url, '--probes-netns-paths', `/run/netns,${docker.namespaces}`];
  }

  /** From now on a connection lasts over which a line goes there and back five times a second. */
  begin(): void {
    this.docker.docker('exec', 'web', '/bin/busybox', 'touch', '/tmp/begin');
  }

  /** As an operator does, while all daemons still run. */
  takeApart(): void {
    this.docker.docker('rm', '-f', 'web', 'db');
    for (const hosts of [this.near, this.far]) for (const bridge of ['br0', 'br-phy']) hosts.ovs('del-br', bridge);
  }

  /** A container whose eth0 is port 20, `port`, of the bridge br0. */
  #plug(hosts: SwitchedHosts, container: string, port: string, address: string, command: string): void {
    const run = ['run', '-d', '--name', container, '--hostname', container, '--network', 'none', IMAGE];
    this.docker.docker(...run, '/bin/busybox', 'sh', '-c', command);
    const pid = String(this.pid(container));
    hosts.middle.ip(`link add ${port} type veth peer name eth0 netns ${pid}`);
    hosts.middle.ip(`link set ${port} up`);
    const inside = (...words: string[]) => execFileSync('nsenter', ['-t', pid, '-n', ...words], { stdio: 'ignore' });
    inside('ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    // A switch in user space passes on what it gets: checksums have to be there, and segments of a size that fits.
    inside('ethtool', '-K', 'eth0', 'tx', 'off');
    inside('ip', 'link', 'set', 'eth0', 'mtu', '1400', 'up');
    hosts.ovs('add-port', 'br0', port, '--', 'set', 'interface', port, 'ofport_request=20');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#all.disposeAsync();
  }

  async #connect(): Promise<void> {
    const { near, far } = this;
    near.middle.ip(`link add under type veth peer name under netns ${far.middle.name}`);
    near.middle.ip('link set under up');
    far.middle.ip('link set under up');
    for (const hosts of [near, far]) for (const host of [hosts.left, hosts.right]) host.ip('link set eth0 down');
    await underlay(near, '192.0.2.1', '192.0.2.2');
    await underlay(far, '192.0.2.2', '192.0.2.1');
    const waits = 'while [ ! -e /tmp/begin ]; do busybox sleep 0.1; done';
    const asks = 'while :; do echo ping; busybox sleep 0.2; done | busybox nc 10.8.0.12 5432';
    this.#plug(far, 'db', 'pdb', '10.8.0.12', 'exec busybox nc -ll -p 5432 -e cat');
    this.#plug(near, 'web', 'pweb', '10.8.0.11', `${waits}; ${asks}`);
    const folder = near.database.replace(/^unix:/, '').replace(/\/db\.sock$/, '');
    for (const rule of [
      'table=0,priority=100,arp,actions=NORMAL',
      'table=0,priority=50,tcp,in_port=20,nw_dst=10.8.0.0/24,actions=load:0x5->NXM_NX_REG0[],resubmit(,3)',
      'table=3,priority=20,reg0=0x5,tcp,tp_dst=5432,cookie=0xdb,actions=output:10',
      'table=0,priority=50,ip,in_port=10,actions=output:20',
      'table=0,priority=0,actions=drop',
    ])
      execFileSync('ovs-ofctl', ['add-flow', `unix:${folder}/br0.mgmt`, rule]);
  }
}

async function underlay(hosts: SwitchedHosts, own: string, other: string): Promise<void> {
  hosts.ovs('add-br', 'br-phy', '--', 'set', 'bridge', 'br-phy', 'datapath_type=netdev');
  hosts.ovs('add-port', 'br-phy', 'under');
  await eventually(() => hosts.middle.ip('link set br-phy up'));
  hosts.middle.ip(`addr add ${own}/24 dev br-phy`);
  const tunnel = ['--', 'set', 'interface', 'vx0', 'type=vxlan', `options:remote_ip=${other}`, 'options:key=7'];
  hosts.ovs('add-port', 'br0', 'vx0', ...tunnel, 'ofport_request=10');
}
