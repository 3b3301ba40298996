/** Engines and runtimes of our own, below a folder of our own, with one image of busybox. Needs root. */
import { type ChildProcess, type ExecFileSyncOptionsWithStringEncoding, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { TestNetns } from './native_netns.ts';

/** Throws a sentence that says what is missing. */
export function demand(...programs: readonly string[]): void {
  if (process.getuid?.() !== 0) throw new Error('these tests need root');
  const folders = (process.env.PATH ?? '').split(':');
  const missing = programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length > 0) throw new Error(`these tests need ${missing.join(', ')}: scripts/setup.sh installs them`);
}

export const IMAGE = 'skein-test:1';

export class TestFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), `sk${process.pid}c`));

  /** A root file system with busybox. */
  root(name: string): string {
    const root = join(this.path, name);
    mkdirSync(join(root, 'bin'), { recursive: true });
    for (const folder of ['proc', 'sys', 'dev', 'tmp', 'etc']) mkdirSync(join(root, folder));
    cpSync('/bin/busybox', join(root, 'bin/busybox'));
    for (const command of ['sh', 'sleep']) symlinkSync('busybox', join(root, 'bin', command));
    return root;
  }

  tar(): Buffer {
    const root = this.root('image');
    return execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 << 20 });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Who asks a daemon that hangs would hang with it, and jest too. */
const silent: ExecFileSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'pipe'],
  timeout: 60_000,
};

/** A dockerd whose bridges are in a namespace of their own. */
export class OwnDocker implements AsyncDisposable {
  readonly #folder = new TestFolder();
  readonly #netns = new TestNetns();
  #daemon: ChildProcess | undefined;

  get url(): string {
    return `unix://${this.#folder.path}/docker.sock`;
  }
  get execRoot(): string {
    return join(this.#folder.path, 'docker');
  }
  /** Where its namespaces have their names. */
  get namespaces(): string {
    return join(this.execRoot, 'netns');
  }
  get netns(): string {
    return this.#netns.path;
  }

  static async start(): Promise<OwnDocker> {
    const own = new OwnDocker();
    try {
      own.#netns.ip('link set lo up');
      await own.up();
      execFileSync('docker', ['--host', own.url, 'import', '-', IMAGE], {
        input: own.#folder.tar(),
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      return own;
    } catch (error) {
      await own[Symbol.asyncDispose]();
      throw error;
    }
  }

  async up(): Promise<void> {
    const at = (name: string) => join(this.#folder.path, name);
    const places = ['--data-root', at('data'), '--exec-root', this.execRoot, '--pidfile', at('pid')];
    // `ip netns exec` would hide the control groups.
    const args = [`--net=${this.#netns.path}`, 'dockerd', '--host', this.url, ...places];
    this.#daemon = spawn('nsenter', [...args, '--storage-driver', 'overlay2', '--shutdown-timeout', '1'], {
      stdio: 'ignore',
    });
    await eventually(() => this.docker('info'), 30_000);
  }

  async down(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (!daemon || daemon.exitCode !== null) return;
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');
  }

  docker(...args: readonly string[]): string {
    return execFileSync('docker', ['--host', this.url, ...args], silent).trim();
  }

  /** Starts a container that does nothing; gives its id. */
  run(name: string, ...more: readonly string[]): string {
    return this.docker('run', '-d', '--name', name, ...more, IMAGE, '/bin/sleep', '1000');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      const all = this.#daemon ? this.docker('ps', '-aq').split('\n').filter(Boolean) : [];
      if (all.length > 0) this.docker('rm', '-f', ...all);
    } finally {
      await this.down();
      // Docker leaves the mount of its namespaces' names behind.
      quietly('umount', '-l', join(this.namespaces, 'default'));
      this.#netns[Symbol.dispose]();
      this.#folder[Symbol.dispose]();
    }
  }
}

/** Podman without a service, with storage of its own. */
export class OwnPodman implements Disposable {
  readonly #folder = new TestFolder();

  get storage(): string {
    return join(this.#folder.path, 'root');
  }
  get run(): string {
    return join(this.#folder.path, 'run');
  }
  get socket(): string {
    return join(this.#folder.path, 'podman.sock');
  }

  constructor() {
    execFileSync('podman', [...this.#places(), 'import', '-', IMAGE], {
      input: this.#folder.tar(),
      stdio: ['pipe', 'ignore', 'pipe'],
    });
  }

  podman(...args: readonly string[]): string {
    return execFileSync('podman', [...this.#places(), ...args], silent).trim();
  }

  /** Starts a container that does nothing; gives its id. */
  start(name: string, ...more: readonly string[]): string {
    const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1000:1000'];
    return this.podman('run', '-d', '--name', name, ...limits, ...more, IMAGE, '/bin/sleep', '1000');
  }

  service(): ChildProcess {
    return spawn('podman', [...this.#places(), 'system', 'service', '--time', '0', `unix://${this.socket}`], {
      stdio: 'ignore',
    });
  }

  #places(): string[] {
    const driver = ['--storage-driver', 'vfs', '--runtime', 'runc', '--cgroup-manager', 'cgroupfs'];
    const places = ['--root', this.storage, '--runroot', this.run, '--tmpdir', join(this.#folder.path, 'tmp')];
    return [...places, ...driver, '--events-backend', 'file'];
  }

  [Symbol.dispose](): void {
    try {
      this.podman('rm', '-a', '-f', '-t', '0');
    } finally {
      this.#folder[Symbol.dispose]();
    }
  }
}

export class OwnContainerd implements AsyncDisposable {
  readonly #folder = new TestFolder();
  readonly #daemon: ChildProcess;
  readonly #root: string;

  get state(): string {
    return join(this.#folder.path, 'state');
  }

  constructor() {
    this.#root = this.#folder.root('rootfs');
    const at = (name: string) => JSON.stringify(join(this.#folder.path, name));
    const config = join(this.#folder.path, 'config.toml');
    const plugins = 'disabled_plugins = ["io.containerd.grpc.v1.cri"]';
    writeFileSync(
      config,
      `version = 2\nroot = ${at('root')}\nstate = ${at('state')}\n${plugins}\n[grpc]\naddress = ${at('c.sock')}\n`,
    );
    this.#daemon = spawn('containerd', ['--config', config], { stdio: 'ignore' });
  }

  ready(): Promise<string> {
    return eventually(() => this.ctr('version'));
  }

  ctr(...args: readonly string[]): string {
    return execFileSync('ctr', ['--address', join(this.#folder.path, 'c.sock'), ...args], silent).trim();
  }

  start(name: string, ...more: readonly string[]): void {
    this.ctr('run', '-d', '--rootfs', ...more, this.#root, name, '/bin/sleep', '1000');
  }

  end(name: string): void {
    this.ctr('task', 'kill', '-s', 'KILL', name);
    this.ctr('task', 'delete', '-f', name);
    this.ctr('container', 'delete', name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      for (const name of this.ctr('container', 'ls', '-q').split('\n').filter(Boolean)) this.end(name);
    } finally {
      if (this.#daemon.exitCode === null && this.#daemon.signalCode === null) {
        this.#daemon.kill('SIGTERM');
        await once(this.#daemon, 'exit');
      }
      this.#folder[Symbol.dispose]();
    }
  }
}

/** runc alone: bundles, and where it keeps its state. */
export class OwnRunc implements Disposable {
  readonly #folder = new TestFolder();
  readonly #bundle: string;

  get state(): string {
    return join(this.#folder.path, 'state');
  }

  constructor() {
    this.#bundle = join(this.#folder.path, 'bundle');
    mkdirSync(this.#bundle);
    this.#folder.root('bundle/rootfs');
    execFileSync('runc', ['spec'], { cwd: this.#bundle });
  }

  start(name: string, { isOnHost = false }: { isOnHost?: boolean } = {}): void {
    const file = join(this.#bundle, 'config.json');
    const spec = JSON.parse(readFileSync(file, 'utf8'));
    spec.process = {
      ...spec.process,
      terminal: false,
      args: ['/bin/sleep', '1000'],
      env: ['PASSWORD=hunter2'],
      rlimits: [],
    };
    spec.annotations = { 'io.kubernetes.container.name': name, 'io.kubernetes.pod.name': 'shop', team: 'blue' };
    const others = spec.linux.namespaces.filter(({ type }: { type: string }) => type !== 'network');
    spec.linux.namespaces = isOnHost ? others : [...others, { type: 'network' }];
    writeFileSync(file, JSON.stringify(spec));
    execFileSync('runc', ['--root', this.state, 'run', '-d', '--bundle', this.#bundle, name], { stdio: 'ignore' });
  }

  runc(...args: readonly string[]): string {
    return execFileSync('runc', ['--root', this.state, ...args], silent).trim();
  }

  [Symbol.dispose](): void {
    try {
      for (const name of this.runc('list', '-q').split('\n').filter(Boolean)) this.runc('delete', '-f', name);
    } finally {
      this.#folder[Symbol.dispose]();
    }
  }
}

function quietly(command: string, ...args: readonly string[]): void {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
  } catch {
    // There was nothing of it.
  }
}
