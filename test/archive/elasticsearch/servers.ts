/**
 * Real servers for tests: one that is named in the environment (`SKEIN_ES8=http://…`), else one of our own, started once
 * and ended with the tests.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type ServerKind = 'es8' | 'es9' | 'es7' | 'opensearch';

const SCRIPT = new URL('../../../scripts/elasticsearch.sh', import.meta.url).pathname;
const run = promisify(execFile);
const started = new Map<ServerKind | 'secured', Promise<Started>>();

interface Started {
  readonly url: string;
  readonly folder: string;
  /** All that the script told. */
  readonly said: string;
}

/** In a test file: `const url = esServer('es8')`, awaited in the tests; `stopServers` goes into afterAll. */
export async function esServer(kind: ServerKind): Promise<{ readonly url: string }> {
  const named = process.env[`SKEIN_${kind.toUpperCase()}`];
  if (named) return { url: named };
  let server = started.get(kind);
  if (!server) {
    server = start(kind);
    started.set(kind, server);
  }
  return server;
}

export interface SecuredServer {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** PEM. */
  readonly ca: string;
}

/** Speaks TLS, and lets in who has a password or an API key. */
export async function securedServer(): Promise<SecuredServer> {
  const server = start('es8', '--secure');
  started.set('secured', server);
  const { url, said } = await server;
  const [username = '', password = '', file = ''] = ['user', 'password', 'ca'].map((name) => saidOf(said, name));
  return { url, username, password, ca: readFileSync(file, 'utf8') };
}

export async function stopServers(): Promise<void> {
  const running = [...started.values()];
  started.clear();
  for (const server of running) {
    const { folder } = await server;
    await run('sh', [SCRIPT, 'stop', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(kind: ServerKind, ...options: readonly string[]): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), `skein-${kind}-`));
  const { stdout } = await run('sh', [SCRIPT, 'start', kind, String(await freePort()), folder, ...options]);
  const url = saidOf(stdout, 'url');
  if (url === undefined) throw new Error(`${SCRIPT} start ${kind} told no url: ${stdout}`);
  return { url, folder, said: stdout };
}

function saidOf(said: string, name: string): string | undefined {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(said)?.[1];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
