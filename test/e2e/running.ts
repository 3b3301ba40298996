/** A real `skein up` as a child process, on a free port of loopback and in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SKEIN = join(import.meta.dirname, '..', '..', 'bin', 'skein');

export class Running implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it said on standard output and standard error. */
  readonly said: () => string;

  constructor(child: ChildProcess, url: string, said: () => string) {
    this.child = child;
    this.url = url;
    this.said = said;
  }

  /** Answer of a query; throws the text of anything but 200. */
  async query(gremlin: string): Promise<unknown> {
    const response = await this.post('/api/topology', { GremlinQuery: gremlin });
    if (response.status !== 200) throw new Error(await response.text());
    return response.json();
  }

  post(path: string, body: unknown): Promise<Response> {
    return fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Resolves to the exit code, or the signal it died of. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode ?? '';
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    const [code, by] = (await exited) as [number | null, string | null];
    return code ?? by ?? '';
  }
}

const started = new Set<ChildProcess>();
/** Starting takes a second, and a machine may be busy. */
const SAYS_MS = 60_000;

/** Resolves when it has said where to ask. Rejects with what it said when it ends before. */
export async function skeinUp(data: string, ...flags: string[]): Promise<Running> {
  return saying(SKEIN, ['up', '--data', data, '--listen', '127.0.0.1:0', ...flags]);
}

/** The same as another user, who has no capability but to read files. */
export async function skeinUpAs(uid: number, data: string, ...flags: string[]): Promise<Running> {
  // It may read this project wherever it lies, and nothing more.
  return skeinUpWith(['dac_read_search'], uid, data, ...flags);
}

/** The same as another user, who has these capabilities and can never have another one. */
export async function skeinUpWith(may: readonly string[], uid: number, data: string, ...flags: string[]) {
  const caps = ['-all', ...may.map((one) => `+${one}`)].join(',');
  const bounds = [`--inh-caps=${caps}`, `--ambient-caps=${caps}`, `--bounding-set=${caps}`, '--no-new-privs'];
  const user = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  return saying('setpriv', [...user, ...bounds, SKEIN, 'up', '--data', data, '--listen', '127.0.0.1:0', ...flags]);
}

/** `whole`: its greeting, and in it the address. */
export async function saying(
  command: string,
  words: readonly string[],
  whole = /ask +(http:[^\s,]+).*try /s,
): Promise<Running> {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  started.add(child);
  let said = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`it has said no address within ${SAYS_MS / 1_000} s: ${said}`));
    }, SAYS_MS);
    child.once('exit', () => clearTimeout(late));
    child.once('error', reject);
    const heard = (chunk: Buffer) => {
      said += chunk;
      const url = whole.exec(said)?.[1];
      if (url) {
        clearTimeout(late);
        resolve(new Running(child, url, () => said));
      }
    };
    child.stdout.on('data', heard);
    child.stderr.on('data', heard);
    child.once('exit', () => reject(new Error(said)));
  });
}

export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-e2e-'));
  try {
    return await work(folder);
  } finally {
    // A test that failed half way leaves its process to us.
    const left = [...started].filter(
      ({ pid, exitCode, signalCode }) => pid && exitCode === null && signalCode === null,
    );
    started.clear();
    const gone = left.map((child) => once(child, 'exit'));
    for (const child of left) child.kill('SIGKILL');
    await Promise.all(gone);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
