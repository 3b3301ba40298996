/** Agents in namespaces of their own, an analyzer on loopback, and ways between them that a test can break. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../eventually.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import { Load } from './fleet_load.ts';
import type { Listening } from './fleet_way.ts';
import { tlsEnd, Way } from './fleet_way.ts';
import { type Running, SKEIN, saying } from './running.ts';

const run = promisify(execFile);
/** What of a greeting says where to ask, and that it is whole. */
const GREETING = /ask +(https?:[^\s,]+).*\n/s;

export class Analyzer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #flags: readonly string[];
  #running: Running | undefined;
  /** Resident memory, the most that was seen. */
  rssMax = 0;

  private constructor(port: number, folder: string, flags: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#flags = flags;
  }

  static async start(folder: string, ...flags: string[]): Promise<Analyzer> {
    const analyzer = new Analyzer(await freePort(), folder, flags);
    await analyzer.start();
    return analyzer;
  }

  get running(): Running {
    if (!this.#running) throw new Error('the analyzer does not run');
    return this.#running;
  }

  async start(): Promise<void> {
    const listen = ['--listen', `127.0.0.1:${this.port}`, '--host', 'ana'];
    this.#running = await saying(SKEIN, ['analyzer', '--data', this.#folder, ...listen, ...this.#flags], GREETING);
  }

  async kill(): Promise<void> {
    await this.running.end('SIGKILL');
  }

  async status(): Promise<FleetSaid> {
    return (await (await fetch(`${this.running.url}/api/status`)).json()) as FleetSaid;
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.running.url}/metrics`)).text();
  }

  /** Name of a metric, its labels with it, and its value. */
  async metric(start: string): Promise<number> {
    const line = (await this.metrics()).split('\n').find((one) => one.startsWith(start));
    return Number(line?.split(' ').at(-1));
  }

  rss(): number {
    const rss = rssOf(this.running.child.pid);
    this.rssMax = Math.max(this.rssMax, rss);
    return rss;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.end('SIGKILL');
  }
}

/** The part of /api/status that is looked at here. */
export interface FleetSaid {
  readonly Notes: readonly string[];
  readonly Archive: {
    readonly State: string;
    readonly Notes: readonly string[];
    readonly Queued: number;
    readonly Lost: number;
  } | null;
  readonly Fleet?: {
    readonly Connected: number;
    readonly Away: number;
    readonly HeldBytes: number;
    readonly Notes: readonly string[];
    readonly Agents: readonly {
      readonly Host: string;
      readonly State: string;
      readonly Since: number;
      readonly Kept: number;
      readonly Waiting: number;
      readonly Taken: Readonly<Record<string, number>>;
      readonly Lost: Readonly<Record<string, number>>;
      readonly Notes: readonly string[];
    }[];
  };
  readonly Relay?: {
    readonly Home: string | null;
    readonly Since: number;
    readonly Spool: {
      readonly Bytes: number;
      readonly First: number;
      readonly Next: number;
      readonly Lost: Readonly<Record<string, number>>;
      readonly Damaged: number;
    };
    readonly Notes: readonly string[];
  };
}

/** A host of its own: a namespace with a wire to another, at whose end packets can be captured. */
export class Host implements AsyncDisposable {
  readonly name: string;
  readonly netns: TestNetns;
  readonly load: Load;
  /** From the agent to its analyzer. */
  readonly way: Way;
  readonly #folder: string;
  readonly #end: End;
  readonly #flags: readonly string[];
  #running: Running | undefined;
  /** When it has run: from its first reading to its end. */
  readonly runs: { from: number; to: number }[] = [];
  rssMax = 0;

  private constructor(name: string, folder: string, netns: TestNetns, way: Way, end: End, flags: string[]) {
    this.name = name;
    this.#folder = folder;
    this.netns = netns;
    this.way = way;
    this.#end = end;
    this.#flags = flags;
    this.load = new Load(netns.name);
  }

  /** When it is secure, its way is TLS, which ends here before the analyzer: what is distorted is found out. */
  static async make(
    name: string,
    folder: string,
    to: number,
    { listening, secure }: { listening?: Listening; secure?: Secure } = {},
    ...flags: string[]
  ): Promise<Host> {
    const netns = new TestNetns();
    netns.ip('link set lo up');
    const end = secure ? await tlsEnd(to, secure, listening) : nothing(to);
    const here = { netns: netns.name, ...(listening && !secure && { listening }) };
    const way = await Way.open(end.port, here);
    const its = secure ? ['--agent-ca', secure.file, '--agent-token', secure.token] : [];
    const url = `${secure ? 'wss' : 'ws'}://127.0.0.1:${way.port}`;
    return new Host(name, join(folder, name), netns, way, end, ['--analyzer', url, ...its, ...flags]);
  }

  get running(): Running {
    if (!this.#running) throw new Error(`the agent of ${this.name} does not run`);
    return this.#running;
  }

  async start(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    const its = ['agent', '--data', this.#folder, '--host', this.name, '--agent-listen', '127.0.0.1:8081'];
    const quiet = ['--probes-enabled', 'host,netlink'];
    const words = ['netns', 'exec', this.netns.name, SKEIN, ...its, ...quiet, ...this.#flags];
    this.#running = await saying('ip', words, GREETING);
    this.runs.push({ from: Date.now(), to: Number.POSITIVE_INFINITY });
  }

  async kill(): Promise<void> {
    const last = this.runs.at(-1);
    if (last) last.to = Date.now();
    await this.running.end('SIGKILL');
  }

  /** As the agent itself tells it. */
  async status(): Promise<FleetSaid> {
    const words = ['netns', 'exec', this.netns.name, 'curl', '-s', '-m', '5', 'http://127.0.0.1:8081/api/status'];
    const { stdout } = await run('ip', words, { maxBuffer: 1 << 24 });
    return JSON.parse(stdout) as FleetSaid;
  }

  rss(): number {
    const rss = rssOf(this.running.child.pid);
    this.rssMax = Math.max(this.rssMax, rss);
    return rss;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.load[Symbol.asyncDispose]();
    await this.#running?.end('SIGKILL');
    await this.way[Symbol.asyncDispose]();
    await this.#end[Symbol.asyncDispose]();
    this.netns[Symbol.dispose]();
  }
}

/** Where the way leads to. */
interface End extends AsyncDisposable {
  readonly port: number;
}

export interface TlsPair {
  readonly key: string;
  readonly cert: string;
  /** Where the certificate lies. */
  readonly file: string;
}

/** What an agent needs beyond loopback. */
export interface Secure extends TlsPair {
  readonly token: string;
}

/** For agents of the analyzer that has, or is to have, this data folder. */
export async function agentToken(data: string): Promise<string> {
  const { stdout } = await run(SKEIN, ['token', 'create', '--agent', '--name', 'agent', '--quiet', '--data', data]);
  return stdout.trim();
}

export async function tlsPair(folder: string): Promise<TlsPair> {
  const [key, file] = [join(folder, 'way.key'), join(folder, 'way.crt')];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=way', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', [...words, ...name, '-keyout', key, '-out', file]);
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(file, 'utf8'), file };
}

/** Resolves when everything the agents have told is acknowledged, and they have nothing more to tell than that they live. */
export async function caughtUp(analyzer: Analyzer, hosts: readonly Host[], withinMs = 30_000): Promise<number> {
  const begun = performance.now();
  // What was seen last is gathered for a moment before it is told.
  await new Promise((resolve) => setTimeout(resolve, 600));
  await eventually(async () => {
    const { Fleet } = await analyzer.status();
    for (const { name, ...host } of hosts.map((its) => ({ name: its.name, status: () => its.status() }))) {
      const { Relay } = await host.status();
      const its = Fleet?.Agents.find(({ Host }) => Host === name);
      if (its?.State !== 'connected' || its.Waiting > 0 || its.Kept !== (Relay?.Spool.Next ?? 0) - 1)
        throw new Error(`${name}: kept ${its?.Kept}, ${its?.Waiting} wait, and next is ${Relay?.Spool.Next}`);
    }
  }, withinMs);
  return performance.now() - begun;
}

export function rssOf(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function nothing(port: number) {
  return { port, [Symbol.asyncDispose]: async () => undefined };
}
