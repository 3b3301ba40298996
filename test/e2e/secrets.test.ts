/** A run with secrets that cannot be mistaken for anything else: they are found nowhere but where they belong. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, skeinUp } from './running.ts';

const SKEIN = join(import.meta.dirname, '..', '..', 'bin', 'skein');

test('tokens and passwords are in no answer, no log, no file and no list of processes', async () => {
  await inFolder(async (folder) => {
    const skein = (words: string[], input = '') =>
      execFileSync(SKEIN, [...words, '--data', folder], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
    const password = 'distinctive-password-7f3a';
    skein(['user', 'add', 'ana', '--role', 'admin'], password);
    const token = skein(['token', 'create', '--name', 'distinct', '--role', 'admin']).trim();
    const agent = skein(['token', 'create', '--agent', '--name', 'n7']).trim();
    await using running = await skeinUp(folder, '--probes-enabled', 'host');
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
}, 30_000);
