/** Two hosts and an analyzer, each in a namespace of its own, joined by wires; asked and changed by the command line alone. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TestNetns } from '../kernel/native_netns.ts';
import { type Running, SKEIN, saying } from './running.ts';

const run = promisify(execFile);
const GREETING = /ask +(https?:[^\s,]+).*\n/s;
const PLACE = '192.0.2.1:8082';
const SECONDS = 20_000;

export class Fleet implements AsyncDisposable {
  readonly #folder: string;
  readonly #netns = new TestNetns();
  readonly #hosts: TestNetns[] = [];
  #tokens: { readonly admin: string; readonly agent: string } | undefined;
  #analyzer: Running | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(folder: string): Promise<Fleet> {
    const fleet = new Fleet(folder);
    fleet.#netns.ip('link set lo up');
    fleet.#netns.ip('link add br0 type bridge');
    fleet.#netns.ip('link set br0 up');
    fleet.#netns.ip('addr add 192.0.2.1/24 dev br0');
    const data = ['--data', fleet.#data('ana')];
    await made('cert', 'init', '--name', '192.0.2.1', ...data);
    const admin = await made('token', 'create', '--name', 'me', '--role', 'admin', ...data);
    fleet.#tokens = { admin, agent: await made('token', 'create', '--name', 'fleet', '--agent', ...data) };
    await fleet.startAnalyzer();
    return fleet;
  }

  async startAnalyzer(): Promise<void> {
    const words = ['analyzer', '--data', this.#data('ana'), '--host', 'ana', '--listen', PLACE];
    this.#analyzer = await saying('ip', [...inside(this.#netns), SKEIN, ...words], GREETING);
  }

  async killAnalyzer(): Promise<void> {
    await this.#analyzer?.end('SIGKILL');
  }

  /** A namespace that reaches the analyzer. */
  host(): TestNetns {
    const netns = new TestNetns();
    this.#hosts.push(netns);
    const number = this.#hosts.length;
    netns.ip('link set lo up');
    this.#netns.ip(`link add p${number} type veth peer name eth0 netns ${netns.name}`);
    this.#netns.ip(`link set p${number} master br0 up`);
    netns.ip(`addr add 192.0.2.${number + 10}/24 dev eth0`);
    netns.ip('link set eth0 up');
    return netns;
  }

  join(a: TestNetns, b: TestNetns): void {
    a.ip(`link add wire type veth peer name wire netns ${b.name}`);
    a.ip('addr add 198.51.100.1/24 dev wire');
    b.ip('addr add 198.51.100.2/24 dev wire');
    for (const netns of [a, b]) netns.ip('link set wire up');
  }

  /** `data`: another folder than that of its name. */
  async agent(netns: TestNetns, name: string, data = name): Promise<Running> {
    const folder = this.#data(data);
    if (!existsSync(join(folder, 'agent-token')))
      writeFileSync(join(folder, 'agent-token'), this.#tokens?.agent ?? '', { mode: 0o600 });
    const words = ['agent', '--data', folder, '--host', name, '--probes-enabled', 'host,netlink,sockets'];
    const way = ['--analyzer', `wss://${PLACE}`, '--agent-ca', this.#ca()];
    return saying('ip', [...inside(netns), SKEIN, ...words, ...way], GREETING);
  }

  /** What the command line says of the analyzer, or of an agent on its own host; standard error comes last. */
  async skein(words: readonly string[], of?: TestNetns): Promise<string> {
    const server =
      of === undefined ? ['--server', `https://${PLACE}`, '--ca', this.#ca()] : ['--server', '127.0.0.1:8081'];
    const env = { ...process.env, NODE_OPTIONS: '', SKEIN_TOKEN: of === undefined ? (this.#tokens?.admin ?? '') : '' };
    const its = [...inside(of ?? this.#netns), SKEIN, ...words, ...server];
    const said = await run('ip', its, { timeout: SECONDS, env }).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    return said.stdout + said.stderr;
  }

  metrics(): Promise<string> {
    return this.ask('/metrics');
  }

  /** What the analyzer answers over HTTP; `body` is sent as JSON. */
  async ask(path: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}): Promise<string> {
    const words = ['-s', '--max-time', '20', '--cacert', this.#ca(), '-H', `X-Auth-Token: ${this.#tokens?.admin}`];
    const said = body === undefined ? [] : ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)];
    const all = ['curl', ...words, '-X', method, ...said, `https://${PLACE}${path}`];
    return (await run('ip', [...inside(this.#netns), ...all])).stdout;
  }

  #ca(): string {
    return join(this.#data('ana'), 'tls', 'ca.crt');
  }

  #data(name: string): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#analyzer?.end('SIGKILL');
    for (const netns of [this.#netns, ...this.#hosts]) netns[Symbol.dispose]();
  }
}

/** Something that speaks like SSH, over the wire from the first to the second. */
export class Session implements Disposable {
  readonly #ends: readonly ChildProcess[];

  private constructor(ends: readonly ChildProcess[]) {
    this.#ends = ends;
  }

  static async between(a: TestNetns, b: TestNetns): Promise<Session> {
    const answering = "net.createServer((s) => s.pipe(s).on('error', () => 0)).listen(22, () => console.log('up'))";
    const speaking =
      "const s = net.connect(22, '198.51.100.2').on('error', () => 0); setInterval(() => s.write('x'), 100)";
    const there = scripted(b, answering);
    await new Promise((resolve) => there.stdout?.once('data', resolve));
    return new Session([there, scripted(a, speaking)]);
  }

  [Symbol.dispose](): void {
    for (const end of this.#ends) end.kill('SIGKILL');
  }
}

function scripted(netns: TestNetns, script: string): ChildProcess {
  return spawn('ip', [...inside(netns), process.execPath, '-e', `const net = require('net'); ${script}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

function inside({ name }: TestNetns): string[] {
  return ['netns', 'exec', name];
}

async function made(...words: string[]): Promise<string> {
  const { stdout } = await run(SKEIN, words, { env: { ...process.env, NODE_OPTIONS: '' } });
  return stdout.trim();
}
