/** A northbound database of our own: a real ovsdb-server with OVN's schema, filled by ovn-nbctl. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../eventually.ts';

const schemas = '/usr/share/ovn';

export class Northbound implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'skein-ovn-'));
  #server: ChildProcess | undefined;

  /** The files of both databases are made, nothing serves them yet. */
  constructor() {
    if (!existsSync(schemas)) throw new Error(`${schemas} is missing: install ovn-common`);
    for (const which of ['nb', 'sb'])
      execFileSync('ovsdb-tool', ['create', join(this.folder, `${which}.db`), `${schemas}/ovn-${which}.ovsschema`]);
  }

  get address(): string {
    return `unix:${this.folder}/nb.sock`;
  }

  async start(): Promise<void> {
    const args = [
      `${this.folder}/nb.db`,
      `${this.folder}/sb.db`,
      `--remote=p${this.address}`,
      `--unixctl=${this.folder}/nb.ctl`,
      '--no-chdir',
    ];
    this.#server = spawn('ovsdb-server', args, { stdio: 'ignore' });
    await eventually(() => this.nbctl('init'), 10_000);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server || server.exitCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGTERM');
    await exited;
  }

  nbctl(...args: readonly string[]): string {
    return execFileSync('ovn-nbctl', [`--db=${this.address}`, '--timeout=10', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  sbctl(...args: readonly string[]): string {
    return execFileSync('ovn-sbctl', [`--db=${this.address}`, '--timeout=10', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  uuid(table: string, name: string): string {
    return this.nbctl('--bare', '--columns=_uuid', 'find', table, `name=${name}`).trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
