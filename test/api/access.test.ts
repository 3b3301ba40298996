import { networkInterfaces } from 'node:os';
import { expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { Mistake } from '../../src/std/mistake.ts';
import { ask, testServer } from './server.ts';

const token = 'a-token-for-this-test';

/** Some address of this machine that is not loopback; Linux routes to it without a wire. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

test('loopback is served without a token, by name and by address', async () => {
  await using server = await testServer();
  for (const name of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]', 'LOCALHOST']) {
    expect((await ask(server, '/api', { headers: { Host: `${name}:${server.port}` } })).status).toBe(200);
  }
});

test('a foreign name that was made to point at loopback is refused, a configured one is served', async () => {
  await using server = await testServer({ access: { hostNames: ['skein.example'], tokens: [token] } });
  const status = async (headers: Record<string, string>) => (await ask(server, '/api', { headers })).status;
  expect(await status({ Host: 'evil.example' })).toBe(421);
  expect(await status({ Host: 'localhost.evil.example' })).toBe(421);
  expect(await status({ Host: 'skein.example:8082' })).toBe(200);
  expect(await status({ Host: 'evil.example', Authorization: `Bearer ${token}` })).toBe(200);
  expect(
    (await ask(server, '/api/topology', { method: 'POST', body: '{}', headers: { Host: 'evil.example' } })).status,
  ).toBe(421);
});

test('a page of another origin can neither ask nor connect', async () => {
  await using server = await testServer();
  const post = async (headers: Record<string, string>) =>
    (await ask(server, '/api/topology', { method: 'POST', body: { GremlinQuery: 'G' }, headers })).status;
  expect(await post({ Origin: 'http://evil.example' })).toBe(403);
  expect(await post({ Origin: 'null' })).toBe(403);
  expect(await post({ Origin: `http://127.0.0.1:${server.port}` })).toBe(200);
  expect(await opened(`ws://127.0.0.1:${server.port}/ws/subscriber`, { Origin: 'http://evil.example' })).toBe(403);
  expect(await opened(`ws://127.0.0.1:${server.port}/ws/subscriber`, {})).toBe(101);
});

test('an open address is not listened on without a token', async () => {
  await expect(testServer({ host: '0.0.0.0' })).rejects.toThrow(Mistake);
});

const beyondLoopback = outside === undefined ? test.skip : test;

beyondLoopback('any other address needs the token, in any of the places where one may be', async () => {
  const host = outside as string;
  await using server = await testServer({ host, access: { tokens: ['other', token], isInsecure: true } });
  const status = async (headers: Record<string, string>, path = '/api') =>
    (await ask(server, path, { host, headers })).status;
  expect(await status({})).toBe(401);
  expect(await status({}, '/metrics')).toBe(401);
  expect(await status({}, '/healthz')).toBe(200);
  expect(await status({ Authorization: `Bearer ${token}` })).toBe(200);
  expect(await status({ Authorization: `Bearer ${token}x` })).toBe(401);
  expect(await status({ Authorization: 'Bearer ' })).toBe(401);
  expect(await status({ 'X-Auth-Token': token })).toBe(200);
  expect(await status({ Authorization: `Basic ${Buffer.from(`anyone:${token}`).toString('base64')}` })).toBe(200);
  expect(await status({ Authorization: `Basic ${Buffer.from(`${token}:wrong`).toString('base64')}` })).toBe(401);
  expect(await status({ Cookie: `a=b; authtoken=${token}` })).toBe(200);
  expect(await status({ Cookie: 'authtoken=%zz' })).toBe(401);
  // In an address it would end up in logs; only WebSockets of pages cannot do otherwise.
  expect(await status({}, `/api?x-auth-token=${token}`)).toBe(401);
  expect(await opened(`ws://${host}:${server.port}/ws/subscriber`, {})).toBe(401);
  expect(await opened(`ws://${host}:${server.port}/ws/subscriber?x-auth-token=${token}`, {})).toBe(101);
});

beyondLoopback('a form gives a cookie that scripts cannot read', async () => {
  const host = outside as string;
  await using server = await testServer({ host, access: { tokens: [token], isInsecure: true } });
  const login = (password: string) =>
    ask(server, '/login', { host, method: 'POST', body: new URLSearchParams({ username: 'a', password }).toString() });
  const { status, headers } = await login(token);
  expect(status).toBe(200);
  expect(headers['set-cookie']).toEqual([
    expect.stringMatching(/^authtoken=sks_[\w-]{43}; Max-Age=43200; HttpOnly; SameSite=Strict; Path=\/$/),
  ]);
  const wrong = await login('wrong');
  expect(wrong.status).toBe(401);
  expect(wrong.text).not.toContain('wrong1');
});

beyondLoopback('guessing and asking too often are slowed down', async () => {
  const host = outside as string;
  await using server = await testServer({
    host,
    access: { tokens: [token], isInsecure: true },
    limits: { wrongGuessesFree: 5 },
  });
  const guess = async () => (await ask(server, '/api', { host, headers: { 'X-Auth-Token': 'guess' } })).status;
  const answers = [];
  for (let i = 0; i < 7; i++) answers.push(await guess());
  expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429]);

  await using busy = await testServer({
    host,
    access: { tokens: [token], isInsecure: true },
    limits: { requestsPerSecond: 2 },
  });
  const asked = async () => (await ask(busy, '/api', { host, headers: { 'X-Auth-Token': token } })).status;
  const all = [];
  for (let i = 0; i < 8; i++) all.push(await asked());
  expect(all.filter((status) => status === 429).length).toBeGreaterThan(0);
  expect(all.slice(0, 4)).toEqual([200, 200, 200, 200]);
});

test('a token is in no answer and in no log', async () => {
  await using server = await testServer({ access: { tokens: [token], isInsecure: true } });
  const seen = [];
  for (const path of ['/api', '/api/status', '/metrics', '/api/openapi.json', `/api/${token}x`, '/api/config/token']) {
    seen.push((await ask(server, path, { headers: { 'X-Auth-Token': token } })).text.replace(`/api/${token}x`, ''));
  }
  expect([...seen, ...server.warnings].join('\n')).not.toContain(token);
});

/** HTTP status of the upgrade. */
function opened(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, { headers });
    ws.on('open', () => {
      ws.terminate();
      resolve(101);
    });
    ws.on('unexpected-response', (_, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    ws.on('error', reject);
  });
}
