import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { relayDoor } from '../../src/relay/analyzer/door.ts';
import { socketDialer } from '../../src/relay/socket-link.ts';
import { systemClock } from '../../src/std/clock.ts';
import { eventually } from '../eventually.ts';
import { aFlow, anAgent, anAnalyzer } from './two-sides.ts';

/** An HTTP server with the door in it, which knows one token. */
async function aServer(agents: Parameters<typeof relayDoor>[0]['agents']) {
  const door = relayDoor({ agents });
  const requests: { readonly url: string; readonly authorization: string | undefined }[] = [];
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    requests.push({ url: request.url ?? '', authorization: request.headers.authorization });
    if (request.headers.authorization === 'Bearer secret') door.upgrade(request, socket, head, {});
    else socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { requests, url: urlOf(server), close: () => server.close() };
}

function urlOf(server: Server): string {
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('over real WebSockets facts go one way, questions the other; the token is in no URL', async () => {
  const one = anAnalyzer(systemClock);
  const server = await aServer(one.agents);
  const dialers = [socketDialer({ url: server.url, token: 'secret' })];
  const handlers = { ping: () => Promise.resolve({ body: 'pong' }) };
  const agent = anAgent(systemClock, { dialers, handlers });
  try {
    agent.relay.start();
    agent.node('a');
    agent.outbox.flows([aFlow('f1')]);
    agent.outbox.flush();
    await eventually(() => expect(one.alive()).toEqual(['a']));
    await eventually(() => expect(agent.spool.batches.length).toBeLessThan(2));
    expect(one.archive.flowIds()).toEqual(['f1']);
    const parts: unknown[] = [];
    for await (const { body } of one.agents.ask('agent-1', 'ping', undefined)) parts.push(body);
    expect(parts).toEqual(['pong']);
    expect(server.requests).toEqual([{ url: '/relay', authorization: 'Bearer secret' }]);
    await one.agents.stop();
    await eventually(() => expect(agent.relay.status().notes.join()).toContain('this analyzer stops'));
  } finally {
    agent.relay.stop();
    agent.outbox.stop();
    server.close();
  }
});

test('a token that is not accepted is a final refusal, and a sentence', async () => {
  const one = anAnalyzer(systemClock);
  const server = await aServer(one.agents);
  const dialer = socketDialer({ url: server.url, token: 'another' });
  try {
    await expect(dialer.dial(new AbortController().signal)).rejects.toMatchObject({
      code: 'token',
      message: `${server.url}/relay answers 401 Unauthorized: the token of this agent is not accepted`,
    });
  } finally {
    server.close();
  }
});

test('where nobody listens there is no analyzer', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = urlOf(server);
  await new Promise((resolve) => server.close(resolve));
  const dialing = socketDialer({ url, token: 'secret' }).dial(new AbortController().signal);
  await expect(dialing).rejects.toThrow(`${url}/relay: needs an analyzer that listens there (ECONNREFUSED)`);
});
