import { randomUUID } from 'node:crypto';
import type { Response } from '../../../src/api/gremlin/message.ts';
import type { GremlinLogin } from '../../../src/api/gremlin/parts.ts';
import { Driver, serve } from './served.ts';

const alice: GremlinLogin = {
  known: ({ headers }) => (headers.authorization === 'Bearer right' ? { name: 'token' } : undefined),
  check: async (name, password) => (name === 'alice' && password === 'wonderland' ? { name } : undefined),
};

const sasl = (name: string, password: string) => Buffer.from(`\0${name}\0${password}`).toString('base64');

/** The request is sent, its challenge awaited, the password sent under the same id. */
async function logIn(driver: Driver, password: string): Promise<Response[]> {
  const requestId = randomUUID();
  const original = driver.send({
    requestId,
    op: 'eval',
    processor: '',
    args: new Map([['gremlin', 'g.inject(7)']]),
  });
  const answer = driver.send({
    requestId,
    op: 'authentication',
    processor: 'traversal',
    args: new Map([['sasl', sasl('alice', password)]]),
  });
  return Promise.race([original, answer]);
}

test('the first request is answered when the password is right, and those behind it', async () => {
  await using server = await serve({ login: alice });
  await using driver = await Driver.open(server.url);
  const first = logIn(driver, 'wonderland');
  const behind = driver.script('g.inject(8)');
  expect((await first).at(-1)).toMatchObject({ code: 200, data: [7] });
  expect(await behind).toMatchObject([{ code: 200, data: [8] }]);
});

test('a wrong password is refused, and asked for again with the next request', async () => {
  await using server = await serve({ login: alice });
  await using driver = await Driver.open(server.url);
  expect((await logIn(driver, 'looking-glass')).at(-1)).toMatchObject({ code: 401, data: null });
  expect((await logIn(driver, 'wonderland')).at(-1)).toMatchObject({ code: 200, data: [7] });
});

test('who sends no password is refused after a while', async () => {
  await using server = await serve({ login: alice, limits: { loginMs: 100 } });
  await using driver = await Driver.open(server.url);
  expect(await driver.script('g.inject(1)')).toMatchObject([
    { code: 407, message: expect.stringContaining('a name and a password are needed') },
    { code: 401 },
  ]);
});

test('who shows a token with the upgrade is asked for nothing', async () => {
  await using server = await serve({ login: alice });
  await using driver = await Driver.open(server.url, 'graphbinary', { headers: { authorization: 'Bearer right' } });
  expect(await driver.script('g.inject(1)')).toMatchObject([{ code: 200 }]);
});

test('over HTTP the password comes as Basic', async () => {
  await using server = await serve({ login: alice });
  const ask = (authorization?: string) =>
    fetch(`${server.httpUrl}?gremlin=g.inject(1)`, authorization === undefined ? {} : { headers: { authorization } });
  const refused = await ask();
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="gremlin"']);
  expect((await ask(`Basic ${btoa('alice:no')}`)).status).toBe(401);
  expect((await ask(`Basic ${btoa('alice:wonderland')}`)).status).toBe(200);
});

const metricsOf = async (url: string, authorization?: string) => {
  const headers = authorization === undefined ? {} : { authorization };
  const reply = await fetch(url.replace('/gremlin', '/metrics'), { headers });
  return reply.status === 200 ? reply.text() : `${reply.status}`;
};

test('metrics are for those who may come in', async () => {
  await using server = await serve({ login: alice });
  expect(await metricsOf(server.httpUrl)).toBe('401');
  expect(await metricsOf(server.httpUrl, `Basic ${btoa('alice:no')}`)).toBe('401');
  expect(await metricsOf(server.httpUrl, `Basic ${btoa('alice:wonderland')}`)).toContain('skein_gremlin_connections 0');
});

test('passwords are not guessed by the thousand, over however many connections', async () => {
  await using server = await serve({ login: alice, limits: { wrongPasswordsPerMinute: 3 } });
  const guess = async (password: string) => {
    await using driver = await Driver.open(server.url);
    return (await logIn(driver, password)).at(-1);
  };
  expect(await guess('wonderland')).toMatchObject({ code: 200 });
  await using patient = await Driver.open(server.url);
  for (const password of ['a', 'b']) expect((await logIn(patient, password)).at(-1)).toMatchObject({ code: 401 });
  const basic = (password: string) =>
    fetch(`${server.httpUrl}?gremlin=g.inject(1)`, {
      headers: { authorization: `Basic ${btoa(`alice:${password}`)}` },
    });
  expect((await basic('c')).status).toBe(401);

  // Now it does not even matter whether the next one is right.
  const refused = { code: 401, message: expect.stringMatching(/too many wrong passwords.*wait/) };
  expect((await logIn(patient, 'd')).at(-1)).toMatchObject(refused);
  expect(await guess('wonderland')).toMatchObject(refused);
  const reply = await basic('wonderland');
  expect([reply.status, await reply.json()]).toEqual([429, { message: expect.stringMatching(/too many wrong/) }]);
  const metrics = await metricsOf(server.httpUrl, 'Bearer right');
  expect(metrics).toContain('skein_gremlin_wrong_passwords_total 3\n');
  expect(metrics).toContain('skein_gremlin_guesses_refused_total 3\n');
});

test('who has not logged in yet cannot fill the memory with requests', async () => {
  await using server = await serve({ login: alice, limits: { loginBytesMax: 10_000, loginMs: 60_000 } });
  await using driver = await Driver.open(server.url);
  const first = driver.script('g.inject(1)');
  const large = driver.script(`g.inject('${'x'.repeat(12_000)}')`);
  expect(await large).toMatchObject([{ code: 401, message: expect.stringMatching(/too many requests wait/) }]);
  expect(first).toBeInstanceOf(Promise);
});

test('who does not log in cannot take the connections of others', async () => {
  await using server = await serve({ login: alice, limits: { connectionsMax: 2 } });
  const silent = await Driver.open(server.url);
  const closed = new Promise((resolve) => silent.ws.once('close', resolve));
  await using inside = await Driver.open(server.url);
  expect((await logIn(inside, 'wonderland')).at(-1)).toMatchObject({ code: 200 });
  await using late = await Driver.open(server.url);
  await closed;
  expect((await logIn(late, 'wonderland')).at(-1)).toMatchObject({ code: 200 });
  // Now both have a right to theirs.
  await expect(Driver.open(server.url)).rejects.toThrow('503');
  expect(await inside.script('g.inject(1)')).toMatchObject([{ code: 200 }]);
});
