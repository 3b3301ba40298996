/**
 * Real servers for tests: one that is named in the environment (`SKEIN_ES8=http://…`), else one of our own, started once
 * and ended with the tests.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type ServerKind = 'es8' | 'es9' | 'es7' | 'opensearch';

const SCRIPT = new URL('../../../scripts/elasticsearch.sh', import.meta.url).pathname;
const run = promisify(execFile);
const started = new Map<ServerKind, Promise<{ readonly url: string; readonly folder: string }>>();

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

export async function stopServers(): Promise<void> {
  const running = [...started.values()];
  started.clear();
  for (const server of running) {
    const { folder } = await server;
    await run('sh', [SCRIPT, 'stop', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(kind: ServerKind): Promise<{ readonly url: string; readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), `skein-${kind}-`));
  const { stdout } = await run('sh', [SCRIPT, 'start', kind, String(await freePort()), folder]);
  const url = /^url=(.*)$/m.exec(stdout)?.[1];
  if (url === undefined) throw new Error(`${SCRIPT} start ${kind} told no url: ${stdout}`);
  return { url, folder };
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
