/** The door of agents as those outside of it find it: a real server, real WebSockets. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { relayOf } from '../src/app-fleet.ts';
import { secure } from '../src/app-security.ts';
import { loadConfig } from '../src/config/load.ts';
import type { FromAnalyzer, Hello } from '../src/relay/message.ts';
import { decodeMessage, encodeMessage } from '../src/relay/wire/codec.ts';
import { accessFileOf, changeAccess } from '../src/security/access-file.ts';
import { digestOf, newToken } from '../src/security/secret.ts';
import { systemClock } from '../src/std/clock.ts';
import { HELLO } from './relay/said.ts';
import { anAnalyzer } from './relay/two-sides.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'skein-door-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

async function aDoor() {
  const machine = { hostname: 'h', isRoot: false, dataHome: data };
  const { config } = loadConfig({ flags: { data, probesEnabled: [] }, machine, probes: [] });
  const { agents } = anAnalyzer(systemClock);
  const relay = relayOf(config, secure(config, { info: () => undefined, warn: () => undefined }), agents);
  const server = createServer().on('upgrade', relay.upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    agents,
    /** The status of a refusal, or the first word of the analyzer. */
    async knock(headers: Record<string, string>, hello: Hello = HELLO): Promise<number | FromAnalyzer> {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/relay`, { headers });
      return new Promise((resolve, reject) => {
        socket.once('unexpected-response', (_, { statusCode = 0 }) => {
          resolve(statusCode);
          socket.terminate();
        });
        socket.once('open', () => socket.send(encodeMessage(hello)));
        socket.once('message', (bytes: Buffer) => {
          resolve(decodeMessage(bytes) as FromAnalyzer);
          socket.terminate();
        });
        socket.on('error', reject);
      });
    },
    async [Symbol.asyncDispose]() {
      relay[Symbol.dispose]();
      server.closeAllConnections();
      server.close();
      await agents.stop();
    },
  };
}

async function tokens(...hosts: (string | undefined)[]): Promise<Record<string, string>[]> {
  const made = hosts.map((host, at) => ({ host, text: newToken('agent'), id: `0000000${at}` }));
  await changeAccess(accessFileOf(data), () => ({
    tokens: made.map(({ host, text, id }) => {
      const kept = { id, kind: 'agent', role: 'read', name: id, digest: digestOf(text), createdAt: 1 } as const;
      return host === undefined ? kept : { ...kept, host };
    }),
    users: [],
  }));
  return made.map(({ text }) => ({ authorization: `Bearer ${text}` }));
}

test('who is on this machine comes in without a token; a page of the web that runs on it does not', async () => {
  await using door = await aDoor();
  expect(await door.knock({})).toMatchObject({ kind: 'welcome' });
  expect(await door.knock({ origin: 'https://evil.example' })).toBe(403);
  expect(await door.knock({ host: 'evil.example' })).toBe(403);
});

test('the token of one host opens the door for the agent of that host, and for no other', async () => {
  await using door = await aDoor();
  const [web1 = {}, any = {}] = await tokens('web1', undefined);
  expect(await door.knock(web1, { ...HELLO, host: 'db1' })).toMatchObject({
    kind: 'refusal',
    code: 'token',
    message: 'the token of this agent is for the host web1, not for db1',
    isFinal: true,
  });
  expect(await door.knock(web1, { ...HELLO, host: 'web1' })).toMatchObject({ kind: 'welcome' });
  expect(await door.knock(any, { ...HELLO, agent: 'agent-2', host: 'db1', spool: 'spool-2' })).toMatchObject({
    kind: 'welcome',
  });
  // Else what agent-2 told would be closed: it would be taken for a host that has another name now.
  expect(await door.knock(web1, { ...HELLO, agent: 'agent-2', host: 'web1' })).toMatchObject({
    code: 'token',
    message: 'agent agent-2 is that of db1, and its token is for web1: if it is a copy, remove the file with its id',
  });
});

test('a good token comes in while others behind the same address guess', async () => {
  await using door = await aDoor();
  const [good = {}] = await tokens(undefined);
  const wrong = { authorization: `Bearer ${newToken('agent')}` };
  const statuses = [];
  for (let guess = 0; guess < 12; guess++) statuses.push(await door.knock(wrong));
  expect(statuses[0]).toBe(401);
  expect(statuses.at(-1)).toBe(429);
  expect(await door.knock(good)).toMatchObject({ kind: 'welcome' });
});
