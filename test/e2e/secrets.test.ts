/** A run with secrets that cannot be mistaken for anything else: they are found nowhere but where they belong. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { inFolder, type Running, skeinUp } from './running.ts';

const SKEIN = join(import.meta.dirname, '..', '..', 'bin', 'skein');

test('tokens and passwords are in no answer, no log, no file and no list of processes', async () => {
  await inFolder(async (folder) => {
    const skein = (words: string[], input = '') =>
      execFileSync(SKEIN, [...words, '--data', folder], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
    const password = 'distinctive-password-7f3a';
    skein(['user', 'add', 'ana', '--role', 'admin'], password);
    const token = skein(['token', 'create', '--name', 'distinct', '--role', 'admin']).trim();
    const agent = skein(['token', 'create', '--agent', '--name', 'n7']).trim();
    await using service = await listening(['--password=distinctive-argument-91c2'], 'distinctive-variable-51ab');
    await using running = await skeinUp(folder, '--probes-enabled', 'host,netlink,sockets');
    const basic = Buffer.from(`ana:${password}`).toString('base64');
    const secrets = [password, token, agent, basic];

    const answers: string[] = [];
    const ask = async (path: string, more: RequestInit = {}) => {
      const response = await fetch(running.url + path, more);
      answers.push(await response.text());
      return response.status;
    };
    const authorization = `Bearer ${token}`;
    expect(await ask('/api/node', { headers: { authorization: `Basic ${basic}` } })).toBe(200);
    expect(await ask('/api/node', { headers: { authorization: `Bearer ${agent}` } })).toBe(403);
    expect(await ask('/api/node', { headers: { authorization: `${authorization}x` } })).toBe(401);
    const login = { method: 'POST', body: new URLSearchParams({ username: 'ana', password }) };
    expect(await ask('/login', login)).toBe(200);
    expect(
      await ask('/login', { ...login, body: new URLSearchParams({ username: 'ana', password: `${password}x` }) }),
    ).toBe(200);
    for (const path of [
      '/api/status',
      '/api/audit',
      '/metrics',
      '/api/config/token',
      '/api/config/tls',
      '/api/topology',
    ])
      expect(await ask(path, { headers: { authorization } })).toBe(200);
    const made = {
      method: 'POST',
      headers: { authorization },
      body: JSON.stringify({ Metadata: { Name: 'a', Type: 'b' } }),
    };
    expect(await ask('/api/node', made)).toBe(201);
    const bundle = await bundledWith(running, authorization, service.port);
    const ofBundle = [...secrets, 'distinctive-argument-91c2', 'distinctive-variable-51ab'];
    expect(ofBundle.filter((secret) => bundle.includes(secret))).toEqual([]);

    const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    await running.end();

    const kept = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((name) => statSync(name).isFile())
      .map((name) => readFileSync(name, 'latin1'));
    expect(kept.length).toBeGreaterThan(2);
    const everything = [...answers, running.said(), processes, ...kept].join('\n');
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
  });
}, 120_000);

/** A process that listens, with a secret among its words and one in its environment. */
async function listening(words: readonly string[], variable: string) {
  const text = `const server = require('node:net').createServer();
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const env = { ...process.env, DB_PASSWORD: variable };
  const child = spawn(process.execPath, ['-e', text, '--', ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  // One line, in one piece.
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    port: Number(String(port)),
    async [Symbol.asyncDispose]() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** All bytes of a bundle that knows who listens at the port, unpacked. */
async function bundledWith(running: Running, authorization: string, port: number): Promise<string> {
  const headers = { authorization, 'content-type': 'application/json' };
  const GremlinQuery = `G.V().Sockets().Has('LocalPort', ${port})`;
  await eventually(async () => {
    const asked = await fetch(`${running.url}/api/topology`, {
      ...{ method: 'POST', headers },
      body: JSON.stringify({ GremlinQuery }),
    });
    expect(await asked.text()).toContain('--password=***');
  });
  const folder = mkdtempSync(join(tmpdir(), 'skein-secrets-'));
  try {
    const response = await fetch(`${running.url}/api/bundle?from=-10m`, { headers });
    writeFileSync(join(folder, 'b'), Buffer.from(await response.arrayBuffer()));
    const bytes = execFileSync('tar', ['--zstd', '-xOf', join(folder, 'b')], { maxBuffer: 2 ** 30 }).toString('latin1');
    // It is what it should be, and knows the service.
    for (const text of ['"skein": "bundle"', 'SQLite format 3', '--password=***']) expect(bytes).toContain(text);
    return bytes;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
