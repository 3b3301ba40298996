/** An LXD of our own, below a folder and in a network namespace of its own, with one image of busybox. Needs root. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { TestFolder } from './containing.ts';
import { TestNetns } from './native_netns.ts';

export class OwnLxd implements AsyncDisposable {
  readonly netns = new TestNetns();
  readonly #folder = new TestFolder();
  #daemon: ChildProcess | undefined;

  static async start(): Promise<OwnLxd> {
    const own = new OwnLxd();
    try {
      // Root of a container is nobody outside of it.
      chmodSync(own.#folder.path, 0o711);
      mkdirSync(own.#at('lxd'));
      own.netns.ip('link set lo up');
      await own.up();
      own.lxc('storage', 'create', 'pool', 'dir');
      own.lxc('image', 'import', own.#image(), '--alias', 'tiny');
      return own;
    } catch (error) {
      await own[Symbol.asyncDispose]();
      throw error;
    }
  }

  get socket(): string {
    return this.#at('lxd/unix.socket');
  }

  async up(): Promise<void> {
    // What it mounts goes with it.
    const args = [`--net=${this.netns.path}`, 'unshare', '-m', 'lxd', '--group', 'root'];
    this.#daemon = spawn('nsenter', args, { stdio: 'ignore', env: this.#environment() });
    // While it starts it may listen and not answer.
    await eventually(() => this.#run(['query', '/1.0/instances'], 2_000), 30_000);
  }

  async down(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (!daemon || daemon.exitCode !== null) return;
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');
  }

  lxc(...args: readonly string[]): string {
    return this.#run(args, 30_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#daemon) {
        const names = this.lxc('list', '--all-projects', '-f', 'csv', '-c', 'en').split('\n').filter(Boolean);
        for (const line of names) {
          const [project = '', name = ''] = line.split(',');
          this.lxc('delete', '-f', '--project', project, name);
        }
      }
    } finally {
      await this.down();
      this.netns[Symbol.dispose]();
      this.#folder[Symbol.dispose]();
    }
  }

  #run(args: readonly string[], timeout: number): string {
    const env = this.#environment();
    return execFileSync('lxc', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env, timeout });
  }

  #at(name: string): string {
    return join(this.#folder.path, name);
  }

  #environment(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: this.#folder.path, LXD_DIR: this.#at('lxd') };
  }

  #image(): string {
    const root = this.#folder.root('image/rootfs');
    mkdirSync(join(root, 'sbin'));
    const init = join(root, 'sbin/init');
    writeFileSync(init, '#!/bin/sh\nexec /bin/sleep 1000\n');
    chmodSync(init, 0o755);
    const properties = 'properties: {description: tiny}';
    writeFileSync(this.#at('image/metadata.yaml'), `architecture: x86_64\ncreation_date: 1700000000\n${properties}\n`);
    execFileSync('tar', ['-C', this.#at('image'), '-czf', this.#at('image.tgz'), 'metadata.yaml', 'rootfs']);
    return this.#at('image.tgz');
  }
}
