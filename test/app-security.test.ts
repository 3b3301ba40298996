/** Who an agent is, as the relay asks it. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secure } from '../src/app-security.ts';
import { loadConfig } from '../src/config/load.ts';
import { accessFileOf, changeAccess } from '../src/security/access-file.ts';
import { digestOf, newToken } from '../src/security/secret.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'skein-agents-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const log = { info: () => undefined, warn: () => undefined };

function configured(flags: Record<string, string> = {}) {
  const none = { probesEnabled: [] as string[] };
  const machine = { hostname: 'h', isRoot: false, dataHome: data };
  return secure(loadConfig({ flags: { data, ...none, ...flags }, machine, probes: [] }).config, log);
}

function showing(token: string | undefined): IncomingMessage {
  const headers = { host: 'localhost', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return { url: '/relay', headers, socket: { remoteAddress: '127.0.0.1', localAddress: '127.0.0.1' } } as never;
}

test('an agent comes in with its own token, until it is revoked; on loopback too it needs one', async () => {
  const { authenticateAgent } = configured();
  const [agent, user] = [newToken('agent'), newToken('user')];
  const kept = { id: '00000001', createdAt: 1, role: 'admin' } as const;
  await changeAccess(accessFileOf(data), () => ({
    tokens: [
      { ...kept, kind: 'agent', name: 'n7', digest: digestOf(agent) },
      { ...kept, id: '00000002', kind: 'user', name: 'root', digest: digestOf(user) },
    ],
    users: [],
  }));
  const admitted = authenticateAgent(showing(agent));
  expect(admitted).toMatchObject({ ok: true, name: 'n7' });
  expect(authenticateAgent(showing(undefined))).toMatchObject({ ok: false, status: 401 });
  expect(authenticateAgent(showing(user))).toMatchObject({ ok: false, status: 401 });
  await changeAccess(accessFileOf(data), () => ({ tokens: [], users: [] }));
  expect(admitted.ok && admitted.isStillGood()).toBe(false);
  expect(authenticateAgent(showing(agent))).toMatchObject({ ok: false, status: 401 });
});

test('the one token of a server is not that of an agent, and guesses are slowed', () => {
  const { authenticateAgent } = configured({ token: 'the-token-of-this-server' });
  const answers = Array.from({ length: 12 }, () => authenticateAgent(showing('the-token-of-this-server')));
  expect(answers[0]).toMatchObject({ ok: false, status: 401 });
  expect(answers.at(-1)).toMatchObject({ ok: false, status: 429, headers: ['Retry-After', expect.any(String)] });
});

test('half of a certificate is a mistake that says what makes the whole', () => {
  expect(() => configured({ tlsCert: '/etc/skein/tls/server.crt' })).toThrow('tls.cert and tls.key go together');
});
