/** A fleet beyond loopback, of whole processes: who comes in, who does not, and what each is told. Needs root. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type SocketTls, socketDialer } from '../../src/relay/socket-link.ts';
import { initCertificates } from '../../src/security/certificates.ts';
import { newToken } from '../../src/security/secret.ts';
import { TlsKeeper } from '../../src/security/tls.ts';
import { eventually } from '../eventually.ts';
import { inFolder, type Running, SKEIN, saying } from './running.ts';

const run = promisify(execFile);
const GREETING = /ask +(https?:[^\s,]+).*\n/s;
const HERE = `198.18.${process.pid % 250}`;
const [ANALYZER, UNNAMED] = [`${HERE}.2`, `${HERE}.3`];

test(
  'agents come in by TLS and their token alone; whoever else knocks is told why not',
  () =>
    inFolder(async (folder) => {
      await using place = await Place.make();
      const data = join(folder, 'analyzer');
      const skein = async (...words: string[]) => (await run(SKEIN, [...words, '--data', data])).stdout.trim();
      await skein('cert', 'init', '--name', ANALYZER);
      await using analyzer = await place.analyzer(data);
      const { port } = new URL(analyzer.url);
      const url = `wss://${ANALYZER}:${port}`;
      const caFile = join(data, 'tls', 'ca.crt');
      const ca = readFileSync(caFile, 'utf8');
      const tokenFile = join(folder, 'agent-token');
      const known = ['--agent-ca', caFile, '--agent-token-file', tokenFile, '--host', 'web1'];
      await using agent = await saying(
        SKEIN,
        [
          ...['agent', '--analyzer', url, '--data', join(folder, 'agent'), '--agent-listen', '127.0.0.1:0'],
          ...['--probes-enabled', 'host,netlink', ...known],
        ],
        GREETING,
      );
      const relay = async () => ((await (await fetch(`${agent.url}/api/status`)).json()) as Status).Relay;
      expect((await relay()).Notes).toContain(
        `${url}/relay: the token of this agent, ${tokenFile}: needs skein token create --agent, on the analyzer`,
      );
      const [token, people] = await Promise.all([
        skein('token', 'create', '--agent', '--name', 'web1', '--host', 'web1', '--quiet'),
        skein('token', 'create', '--role', 'admin', '--name', 'ana', '--quiet'),
      ]);
      writeFileSync(tokenFile, token, { mode: 0o600 });

      const knock = (how: { url?: string; token?: string; tls?: SocketTls }) =>
        socketDialer({ url, token, tls: { ca }, ...how }).dial(AbortSignal.timeout(20_000));
      const accepted = await knock({});
      accepted.close('that was all');
      const no = 'answers 401 Refused: the token of this agent is not accepted';
      await expect(knock({ token: newToken('agent') })).rejects.toThrow(no);
      await expect(knock({ token: people })).rejects.toThrow(no);
      await expect(knock({ tls: {} })).rejects.toThrow('its certificate is not trusted: unable to verify');
      const other = await initCertificates(join(folder, 'other'), { names: [ANALYZER], now: Date.now() });
      const otherCa = readFileSync(other.files.authority, 'utf8');
      await expect(knock({ tls: { ca: otherCa } })).rejects.toThrow('its certificate is not trusted');
      await expect(knock({ url: `wss://${UNNAMED}:${port}` })).rejects.toThrow(/not trusted: .*does not match/);

      const api = (its: string) => statusOf(`https://${ANALYZER}:${port}/api/status`, { ca, token: its });
      expect([await api(people), await api(token), await api('')]).toEqual([200, 403, 401]);
      const plain = run(SKEIN, [
        'agent',
        '--analyzer',
        `ws://${ANALYZER}:${port}`,
        '--data',
        join(folder, 'plain'),
        ...known,
      ]);
      await expect(plain).rejects.toMatchObject({
        stderr: expect.stringContaining("what an agent tells, and its token, would be everybody's"),
      });

      await eventually(async () => expect((await relay()).Home).toBe(`${url}/relay`));
      // Its own questions are answered to whoever is on its machine; what is to be changed comes from the analyzer.
      const changing = await fetch(`${agent.url}/api/node`, { method: 'POST', body: '{}' });
      expect([changing.status, await changing.text()]).toEqual([403, expect.stringContaining('needs the role admin')]);
      // Who asked is in the log of the analyzer, what was done for it in that of the agent, under one id.
      const asked = { GremlinQuery: "G.V().Has('Name', 'lo')", Type: 'afpacket' };
      expect(await statusOf(`https://${ANALYZER}:${port}/api/capture`, { ca, token: people, body: asked })).toBe(201);
      const audit = (whose: string) => readFileSync(join(folder, whose, 'audit.jsonl'), 'utf8');
      const made = /"who":"ana".*"what":"POST \/api\/capture".*"201 ([0-9a-f-]{36}) G\.V\(\)\.Has\('Name', 'lo'\)/;
      await eventually(async () => expect(audit('analyzer')).toMatch(made));
      const [, id] = made.exec(audit('analyzer')) ?? [];
      await eventually(async () => expect(audit('agent')).toContain(`"what":"capture ${id}"`));
      const spool = join(folder, 'agent', 'spool');
      expect([statSync(spool).mode & 0o077, statSync(join(folder, 'agent', 'agent-id')).mode & 0o077]).toEqual([0, 0]);
      await skein('token', 'revoke', 'web1');
      const revoked = Date.now();
      await eventually(async () => expect((await relay()).Home).toBeNull());
      expect(Date.now() - revoked).toBeLessThan(11_500);
      await eventually(async () => expect((await relay()).Notes.join('\n')).toContain(no));
      for (const { said } of [agent, analyzer]) expect(said()).not.toContain(token);
    }),
  120_000,
);

test('a certificate that is over is not trusted; an authority of clients takes who shows one of its own', () =>
  inFolder(async (folder) => {
    const old = Date.now() - 400 * 86_400_000;
    const over = await initCertificates(join(folder, 'over'), { names: ['127.0.0.1'], now: old });
    const { files } = await initCertificates(join(folder, 'good'), { names: ['127.0.0.1'], now: Date.now() });
    const pem = (file: string) => readFileSync(file, 'utf8');
    const settings = ({ cert, key }: typeof files, clientCa?: string) =>
      new TlsKeeper({ cert, key, clientCa }, Date.now).settings;
    await using first = await answering(settings(over.files));
    await using second = await answering(settings(files, files.authority));
    const knock = (url: string, tls: SocketTls) => socketDialer({ url, tls }).dial(AbortSignal.timeout(20_000));
    await expect(knock(first.url, { ca: pem(over.files.authority) })).rejects.toThrow(
      'its certificate is not trusted: certificate has expired',
    );
    const ca = pem(files.authority);
    await expect(knock(second.url, { ca })).rejects.toThrow(
      'takes nobody without a certificate of its authority: agent.cert',
    );
    // It is through to the server, which is none of ours.
    await expect(knock(second.url, { ca, cert: pem(files.cert), key: pem(files.key) })).rejects.toThrow('answers 401');
  }));

interface Status {
  readonly Relay: { readonly Home: string | null; readonly Notes: readonly string[] };
}

/** A namespace with two addresses that are not loopback's, and a way there. */
class Place implements AsyncDisposable {
  readonly #name = `skfs${process.pid}`;

  static async make(): Promise<Place> {
    const place = new Place();
    const [name, out] = [place.#name, `sf${process.pid}`];
    await run('ip', ['netns', 'add', name]);
    await run('ip', ['link', 'add', out, 'type', 'veth', 'peer', 'name', 'in', 'netns', name]);
    await run('ip', ['addr', 'add', `${HERE}.1/24`, 'dev', out]);
    await run('ip', ['link', 'set', out, 'up']);
    for (const address of [ANALYZER, UNNAMED])
      await run('ip', ['-n', name, 'addr', 'add', `${address}/24`, 'dev', 'in']);
    await run('ip', ['-n', name, 'link', 'set', 'in', 'up']);
    return place;
  }

  async analyzer(data: string): Promise<Running> {
    const words = ['analyzer', '--listen', '0.0.0.0:0', '--data', data, '--archive', 'memory', '--host', 'ana'];
    const running = await saying(
      'ip',
      ['netns', 'exec', this.#name, SKEIN, ...words, '--probes-enabled', 'host'],
      GREETING,
    );
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('ip', ['netns', 'del', this.#name]);
  }
}

/** Status of an answer. */
function statusOf(
  url: string,
  { ca, token, body }: { readonly ca: string; readonly token: string; readonly body?: unknown },
): Promise<number> {
  const headers = {
    ...(token !== '' && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, headers, method }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** A server that lets nobody in who got through to it. */
async function answering(settings: ServerOptions) {
  const server = createServer(settings).on('upgrade', (_, socket) => socket.end('HTTP/1.1 401 No\r\n\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `wss://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
