/** A message posted to servers that take it, refuse it, hang, lead elsewhere, or never stop talking. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostParts, post } from '../../src/alerts/act/webhook.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { messageWith } from './message.ts';

/** What a server that says `answer` is told, and what comes of it. */
async function posted(
  answer: (socket: Socket) => void,
  { host = '127.0.0.1', ...parts }: PostParts & { host?: string } = {},
) {
  const sockets = new Set<Socket>();
  let heard = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
    socket.on('data', (bytes) => {
      heard += bytes;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://${host}:${(server.address() as AddressInfo).port}/hook?a=1`);
  const begun = performance.now();
  const came: unknown = await post(url, messageWith(), new AbortController().signal, parts).catch(
    (error: unknown) => error,
  );
  const tookMs = performance.now() - begun;
  // Whoever goes on talking finds that nobody listens.
  const isLeft = () => [...sockets].some(({ destroyed }) => !destroyed);
  for (let i = 0; i < 100 && isLeft(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  const left = isLeft();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return { came, heard, left, tookMs };
}

const says =
  (status: string, ...headers: string[]) =>
  (socket: Socket) =>
    void socket.end([`HTTP/1.1 ${status}`, 'Content-Length: 0', 'Connection: close', ...headers, '', ''].join('\r\n'));

test('it is posted as JSON, with its id as the key by which a receiver knows it again', async () => {
  const { came, heard } = await posted(says('204 No Content'));
  expect(came).toBeUndefined();
  expect(heard).toMatch(/^POST \/hook\?a=1 HTTP\/1\.1\r\n/);
  expect(heard).toMatch(/\r\nidempotency-key: f1-1\r\n/i);
  expect(JSON.parse(heard.slice(heard.indexOf('\r\n\r\n')))).toEqual(messageWith());
});

test.each([
  ['200 OK', undefined, false],
  ['301 Moved Permanently', 'redirects with status 301, which is not followed: name where it leads', true],
  ['401 Unauthorized', 'refused with status 401', true],
  ['404 Not Found', 'refused with status 404', true],
  ['408 Request Timeout', 'answered with status 408', false],
  ['429 Too Many Requests', 'answered with status 429', false],
  ['500 Internal Server Error', 'answered with status 500', false],
  ['503 Service Unavailable', 'answered with status 503', false],
])('%s: %s, for good: %s', async (status, text, isFinal) => {
  const { came } = await posted(says(status, 'Location: http://127.0.0.1:1/'));
  expect((came as Error | undefined)?.message).toBe(text);
  expect(came instanceof Mistake).toBe(isFinal);
});

test('who does not answer is left after a while', async () => {
  const { came, left } = await posted(() => undefined, { answerMs: 200 });
  expect(came).toEqual(new Error('no answer within 0.2 s'));
  expect(left).toBe(false);
});

test('who never ends its headers is left: by their size, or by the time', async () => {
  const flood = (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const more = () => {
      if (!socket.destroyed) socket.write(`X-More: ${'x'.repeat(8_000)}\r\n`, () => setImmediate(more));
    };
    more();
  };
  expect(await posted(flood)).toMatchObject({
    came: new Error('the headers of its answer do not end (HPE_HEADER_OVERFLOW)'),
    left: false,
  });
  const drip = (socket: Socket) => {
    const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 5);
    socket.on('close', () => clearInterval(timer));
  };
  expect(await posted(drip, { answerMs: 200 })).toMatchObject({
    came: new Error('no answer within 0.2 s'),
    left: false,
  });
});

test('of who never ends its body nothing is read: its status is the answer', async () => {
  const { came, left, tookMs } = await posted((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const more = () => {
      if (!socket.destroyed) socket.write(`2000\r\n${'x'.repeat(0x2000)}\r\n`, () => setImmediate(more));
    };
    more();
  });
  expect(came).toBeUndefined();
  expect(left).toBe(false);
  expect(tookMs).toBeLessThan(5_000);
});

test('what is no HTTP, who hangs up, and where nobody listens are errors that may pass', async () => {
  expect((await posted((socket) => void socket.end('220 smtp.example.org\r\n'))).came).toMatchObject({
    message: expect.stringMatching(/^its answer is no HTTP \(HPE_/),
  });
  expect((await posted((socket) => void socket.destroy())).came).toEqual(
    new Error('it closed the connection in the middle (ECONNRESET)'),
  );
  const nobody = post(new URL('http://127.0.0.1:1/'), messageWith(), new AbortController().signal);
  await expect(nobody).rejects.toThrow('nothing listens there (ECONNREFUSED)');
});

test('a name that leads nowhere, or is not looked up in time, is said', async () => {
  const coded = (code: string) => Object.assign(new Error(code), { code });
  const unknown = await posted(says('200 OK'), {
    host: 'hooks.example.org',
    resolve: (_, __, callback) => callback(coded('ENOTFOUND'), '', 4),
  });
  expect(unknown.came).toEqual(new Error('no such host (ENOTFOUND)'));
  const never = await posted(says('200 OK'), { host: 'hooks.example.org', resolve: () => undefined, answerMs: 100 });
  expect(never.came).toEqual(new Error('no address of that name within 0.1 s'));
});

test('a server whose certificate nobody vouches for is told nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-hook-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  execFileSync('openssl', [...made, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  let heard = 0;
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, () => heard++);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const told = post(new URL(`https://127.0.0.1:${port}/`), messageWith(), new AbortController().signal);
    const why = 'its certificate was made by an authority that is not known here (DEPTH_ZERO_SELF_SIGNED_CERT)';
    await expect(told).rejects.toThrow(why);
    expect(heard).toBe(0);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});

test('who does not speak TLS is told nothing', async () => {
  const server = createServer((socket) => void socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const told = post(new URL(`https://127.0.0.1:${port}/`), messageWith(), new AbortController().signal);
  await expect(told).rejects.toThrow('it does not speak TLS (http:// instead of https://?)');
  server.close();
});

test.each(['169.254.169.254', 'fe80::1', '::ffff:169.254.169.254', 'fd00:ec2::254'])(
  'a name that leads to %s is not connected to',
  async (address) => {
    const { came, heard } = await posted(says('200 OK'), {
      host: 'metadata.example.org',
      resolve: (_, { all }, callback) => {
        const family = address.includes(':') ? 6 : 4;
        if (all)
          callback(null, [
            { address: '127.0.0.1', family: 4 },
            { address, family },
          ]);
        else callback(null, address, family);
      },
    });
    expect(came).toBeInstanceOf(Mistake);
    expect((came as Mistake).message).toContain(`leads to ${address}`);
    expect(heard).toBe('');
  },
);

test('a name that leads elsewhere is', async () => {
  const { came } = await posted(says('200 OK'), {
    host: 'hooks.example.org',
    resolve: (_, { all }, callback) =>
      all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
  });
  expect(came).toBeUndefined();
});
