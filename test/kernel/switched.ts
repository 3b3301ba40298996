/** Two hosts on a switch of our own: namespaces, an Open vSwitch in user space between them, traffic that is known. Needs root. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { TestNetns } from './native_netns.ts';

export const hasOvs = has('ovs-vswitchd') && has('ovsdb-server');
export const hasSoftflowd = has('softflowd');

function has(command: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, command)));
}

const schema = '/usr/share/openvswitch/vswitch.ovsschema';

/** Hosts `left` (10.7.0.1) and `right` (10.7.0.2) on ports pl and pr of the bridge br0, all in namespaces of their own. */
export class SwitchedHosts implements AsyncDisposable {
  readonly middle = new TestNetns();
  readonly left = new TestNetns();
  readonly right = new TestNetns();
  readonly #folder = mkdtempSync(join(tmpdir(), 'skein-ovs-'));
  readonly #children: ChildProcess[] = [];
  #database: ChildProcess | undefined;
  #switch: ChildProcess | undefined;

  static async start(): Promise<SwitchedHosts> {
    const hosts = new SwitchedHosts();
    try {
      await hosts.#start();
      return hosts;
    } catch (error) {
      await hosts[Symbol.asyncDispose]();
      throw error;
    }
  }

  get database(): string {
    return `unix:${this.#folder}/db.sock`;
  }

  ovs(...args: readonly string[]): string {
    return execFileSync('ovs-vsctl', [`--db=${this.database}`, '--timeout=20', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** A process inside a namespace, ended with all this. */
  spawn(netns: TestNetns, command: string, ...args: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', netns.name, command, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        ...process.env,
        OVS_RUNDIR: this.#folder,
        OVS_LOGDIR: this.#folder,
        OVS_DBDIR: this.#folder,
        OVS_SYSCONFDIR: this.#folder,
      },
    });
    this.#children.push(child);
    return child;
  }

  async stop(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }

  async stopDatabase(): Promise<void> {
    if (this.#database) await this.stop(this.#database);
  }

  async stopSwitch(): Promise<void> {
    if (this.#switch) await this.stop(this.#switch);
  }

  /** Ends ovsdb-server, if it runs, and starts it with the same data. */
  async restartDatabase(): Promise<void> {
    if (this.#database) await this.stop(this.#database);
    const [file, control] = [`${this.#folder}/conf.db`, `--unixctl=${this.#folder}/db.ctl`];
    this.#database = this.spawn(this.middle, 'ovsdb-server', file, `--remote=p${this.database}`, control);
    await eventually(() => this.ovs('--no-wait', 'init'));
  }

  async restartSwitch(): Promise<void> {
    if (this.#switch) await this.stop(this.#switch);
    this.#switch = this.spawn(this.middle, 'ovs-vswitchd', this.database, `--unixctl=${this.#folder}/vs.ctl`);
  }

  /** Passes on every datagram that arrives at a port of the switch's loopback to a port of ours. */
  async relay(from: number, to: number): Promise<AsyncDisposable> {
    const child = this.spawn(this.middle, process.execPath, '--input-type=module', '-e', relaySource, String(from));
    const socket = createSocket('udp4').unref();
    let rest = Buffer.alloc(0);
    const isReady = Promise.withResolvers<void>();
    child.once('exit', () => {
      socket.close();
      isReady.reject(new Error(`nothing listens on port ${from} of the switch`));
    });
    child.stdout?.on('data', (data: Buffer) => {
      isReady.resolve();
      rest = Buffer.concat([rest, data]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
        const size = rest.readUInt32BE(0);
        if (size > 0) socket.send(Buffer.from(rest.subarray(4, 4 + size)), to, '127.0.0.1');
        rest = rest.subarray(4 + size);
      }
    });
    await isReady.promise;
    return { [Symbol.asyncDispose]: () => this.stop(child) };
  }

  /** Three pings with id 77; then 20 times 1000 bytes to TCP port 8080, which come back. */
  async traffic(): Promise<void> {
    const server = this.spawn(this.right, process.execPath, '--input-type=module', '-e', echoSource);
    await once(server.stdout as NodeJS.ReadableStream, 'data');
    execFileSync('ip', [
      'netns',
      'exec',
      this.left.name,
      'ping',
      '-q',
      '-c',
      '3',
      '-i',
      '0.05',
      '-e',
      '77',
      '10.7.0.2',
    ]);
    execFileSync('ip', ['netns', 'exec', this.left.name, process.execPath, '--input-type=module', '-e', askSource], {
      timeout: 20_000,
    });
    await this.stop(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.toReversed()) await this.stop(child);
    for (const netns of [this.left, this.right, this.middle]) netns[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const { middle, left, right } = this;
    middle.ip('link set lo up');
    for (const [host, port, address] of [
      [left, 'pl', '10.7.0.1/24'],
      [right, 'pr', '10.7.0.2/24'],
    ] as const) {
      // Nobody speaks but who is told to.
      for (const [netns, device] of [
        [host, 'default'],
        [middle, 'default'],
      ] as const)
        sysctl(netns, `net.ipv6.conf.${device}.disable_ipv6=1`);
      middle.ip(`link add ${port} type veth peer name eth0 netns ${host.name}`);
      middle.ip(`link set ${port} up`);
      host.ip(`addr add ${address} dev eth0`);
      host.ip('link set eth0 up');
      // The switch in user space passes on what it gets: checksums have to be there.
      execFileSync('ip', ['netns', 'exec', host.name, 'ethtool', '-K', 'eth0', 'tx', 'off'], { stdio: 'ignore' });
    }
    const folder = this.#folder;
    execFileSync('ovsdb-tool', ['create', `${folder}/conf.db`, schema]);
    await this.restartDatabase();
    await this.restartSwitch();
    this.ovs('add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=netdev');
    this.ovs('add-port', 'br0', 'pl', '--', 'add-port', 'br0', 'pr');
  }
}

function sysctl(netns: TestNetns, setting: string): void {
  execFileSync('ip', ['netns', 'exec', netns.name, 'sysctl', '-qw', setting]);
}

/** Each datagram with its length before it; an empty one says that it listens. */
const relaySource = `
import { createSocket } from 'node:dgram';
const out = (bytes) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  process.stdout.write(Buffer.concat([head, bytes]));
};
createSocket('udp4').on('message', out).bind(Number(process.argv[1]), '127.0.0.1', () => out(Buffer.alloc(0)));
`;

const echoSource = `
import { createServer } from 'node:net';
createServer((socket) => socket.pipe(socket)).listen(8080, '10.7.0.2', () => console.log('listening'));
`;

/** One piece after the other has come back: so each is a packet of its own. */
const askSource = `
import { connect } from 'node:net';
const socket = connect({ port: 8080, host: '10.7.0.2', localPort: 40000, noDelay: true });
let left = 20;
let back = 0;
socket.on('connect', () => socket.write(Buffer.alloc(1000)));
socket.on('data', (data) => {
  back += data.length;
  if (back < 1000) return;
  back -= 1000;
  if (--left > 0) socket.write(Buffer.alloc(1000));
  else socket.end();
});
`;
