import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { request as ask } from '../../../src/cli/http.ts';
import { factsOf, initCertificates } from '../../../src/security/certificates.ts';
import { TlsKeeper } from '../../../src/security/tls.ts';
import { ask as askPlain, testServer } from '../server.ts';

const token = 'a-token-for-this-test';
const never = new AbortController().signal;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-tls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function withTls(names = ['localhost', '127.0.0.1'], now = Date.now(), more: { clientCa?: string } = {}) {
  const { files } = await initCertificates(folder, { names, now });
  const server = await testServer({
    access: { tokens: [token] },
    tls: new TlsKeeper({ ...files, ...more }, () => now),
  });
  const at = (caFile = files.authority) => ({
    url: `https://127.0.0.1:${server.port}`,
    token,
    timeoutMs: 5_000,
    ca: readFileSync(caFile),
  });
  return { server, files, at };
}

test('one command makes an authority and a certificate; said again it changes nothing', async () => {
  const names = ['skein.example', '192.0.2.1'];
  const first = await initCertificates(folder, { names, now: Date.now() });
  expect(first.made).toHaveLength(4);
  for (const key of [first.files.authorityKey, first.files.key]) expect(statSync(key).mode & 0o777).toBe(0o600);
  expect((await factsOf(first.files.cert)).names).toEqual(names);
  expect((await initCertificates(folder, { names: ['skein.example'], now: Date.now() })).made).toEqual([]);
  const other = await initCertificates(folder, { names: ['other.example'], now: Date.now() });
  expect(other.made).toEqual([first.files.cert, first.files.key]);
  const later = Date.now() + 380 * 86_400_000;
  expect((await initCertificates(folder, { names: ['other.example'], now: later })).made).toHaveLength(2);
});

test('the command line asks over TLS, and says what is wrong with a certificate', async () => {
  const { server, at } = await withTls();
  await using _ = server;
  expect(JSON.parse((await ask(at(), { path: '/api', signal: never })).text)).toMatchObject({ Service: 'analyzer' });
  const { ca: _ca, ...without } = at();
  await expect(ask(without, { path: '/api', signal: never })).rejects.toThrow('made by an authority that is not known');
});

test.each([
  ['of another name', ['skein.example'], 0, 'for other names'],
  ['that has expired', ['127.0.0.1'], -400 * 86_400_000, 'has expired'],
] as const)('a certificate %s is told as such', async (_, names, ago, text) => {
  const { server, at } = await withTls([...names], Date.now() + ago);
  await using __ = server;
  await expect(ask(at(), { path: '/api', signal: never })).rejects.toThrow(text);
});

test('who speaks plain HTTP is told so in a sentence', async () => {
  const { server } = await withTls();
  await using _ = server;
  const { status, text } = await askPlain(server, '/api');
  expect([status, text]).toEqual([400, 'this port speaks TLS: ask it with https:// (or wss://)\n']);
});

test('TLS before 1.2 is not spoken', async () => {
  const { server } = await withTls();
  await using _ = server;
  const code = await new Promise((resolve) => {
    const socket = connect({
      host: '127.0.0.1',
      port: server.port,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
      rejectUnauthorized: false,
    });
    socket.on('secureConnect', () => resolve('connected'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  expect(code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
});

test('a new certificate is taken without a restart, and one that does not fit leaves the old one', async () => {
  const now = Date.now();
  const { files } = await initCertificates(folder, { names: ['one.example'], now });
  const keeper = new TlsKeeper(files, () => now);
  const before = keeper.settings.cert;
  expect(keeper.refresh()).toBe(false);
  await initCertificates(folder, { names: ['two.example'], now });
  expect(keeper.refresh()).toBe(true);
  expect(keeper.settings.cert).not.toEqual(before);
  const good = keeper.settings;
  rmSync(files.key);
  expect(() => keeper.refresh()).toThrow('the key');
  expect(keeper.settings).toBe(good);
});

test('a key of another certificate is refused at the start, with the names of both files', async () => {
  const { files } = await initCertificates(folder, { names: ['a.example'], now: Date.now() });
  expect(() => new TlsKeeper({ cert: files.cert, key: files.authorityKey }, Date.now)).toThrow(
    `the key ${files.authorityKey} is not that of the certificate ${files.cert}`,
  );
});

test('with an authority of clients, nobody comes in without a certificate of it', async () => {
  const { files: own } = await initCertificates(folder, { names: ['127.0.0.1'], now: Date.now() });
  const { server, files } = await withTls(['127.0.0.1'], Date.now(), { clientCa: own.authority });
  await using _ = server;
  const status = (more: object) =>
    new Promise((resolve) => {
      const ca = readFileSync(files.authority);
      const sent = request(`https://127.0.0.1:${server.port}/api`, { ca, agent: false, ...more }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      sent.end();
    });
  expect(await status({ cert: readFileSync(files.cert), key: readFileSync(files.key) })).toBe(200);
  expect(await status({})).not.toBe(200);
});

test('the cookie of a login over TLS never leaves it', async () => {
  const { server, at } = await withTls();
  await using _ = server;
  const asked = { method: 'POST', ca: at().ca, agent: false } as const;
  const cookie = await new Promise<string>((resolve, reject) => {
    const sent = request(`${at().url}/login`, asked, (response) => {
      response.resume();
      resolve(String(response.headers['set-cookie']));
    });
    sent.on('error', reject);
    sent.end(new URLSearchParams({ username: 'a', password: token }).toString());
  });
  expect(cookie).toMatch(/; Secure$/);
});
