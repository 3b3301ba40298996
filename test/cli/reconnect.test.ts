import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WireNode } from '../../src/contract/element.ts';
import type { SyncReply } from '../../src/contract/message.ts';
import { node } from './replies.ts';
import { skein } from './terminal.ts';

test('a watch goes on where it was cut off, and misses nothing', async () => {
  await using server = await scripted([
    ({ sync, event, cut }) => {
      sync({ Nodes: [version(1)], Edges: null, LogRevision: 7 });
      event(version(2), 8);
      cut();
    },
    ({ sync, event }) => {
      sync({ Nodes: null, Edges: null, LogRevision: 9, Resumed: true });
      event(version(3), 9);
    },
  ]);
  const { out, err } = await skein(['watch', '--count', '2', '-o', 'json', '--server', server.url]);
  expect(server.asked).toEqual([{}, { Revision: 8 }]);
  expect(revisions(out)).toEqual([8, 9]);
  expect(err).toContain('nothing was missed');
});

test('a position that the server has forgotten is made up for by comparing', async () => {
  await using server = await scripted([
    ({ sync, cut }) => {
      sync({ Nodes: [version(1), node('gone')], Edges: null, LogRevision: 7 });
      cut();
    },
    ({ sync }) => sync({ Nodes: [version(5), node('new')], Edges: null, LogRevision: 900, Resumed: false }),
  ]);
  const { out, err } = await skein(['watch', '--count', '3', '-o', 'json', '--server', server.url]);
  expect(parsed(out).map(({ kind, element }) => `${kind} ${element.ID}`)).toEqual([
    'removed id-gone',
    'updated id-eth0',
    'added id-new',
  ]);
  expect(err).toContain('not kept any more; this is what differs');
});

test('what the server says that is no message is passed over', async () => {
  await using server = await scripted([
    ({ say, sync, event }) => {
      say('[1, 2');
      say('null');
      say('{"Type":"Nonsense","Obj":{"Metadata":{}}}');
      sync({ Nodes: [version(1)], Edges: null, LogRevision: 7 });
      say('{"Namespace":"Graph","Type":"Nonsense","Obj":{"Metadata":{}}}');
      event(version(2), 8);
    },
  ]);
  const { out } = await skein(['watch', '--count', '1', '-o', 'json', '--server', server.url]);
  expect(revisions(out)).toEqual([8]);
});

test('a filter that the server refuses ends the watch with its words', async () => {
  await using server = await scripted([
    ({ say }) =>
      say(JSON.stringify({ Namespace: 'Graph', Type: 'SyncReply', UUID: 'watch', Status: 400, Obj: 'no graph' })),
  ]);
  const ran = await skein(['watch', '--filter', 'G.V().Count()', '--server', server.url]);
  expect(ran).toEqual({ exitCode: 2, out: '', err: 'skein: no graph\n' });
});

interface Client {
  say(text: string): void;
  sync(reply: SyncReply): void;
  event(element: WireNode, revision: number): void;
  cut(): void;
}

/** A server whose connections go as the test says, one after the other; `asked` are the SyncRequests it heard. */
async function scripted(connections: readonly ((client: Client) => void)[]) {
  const asked: unknown[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/ws/subscriber' });
  await once(server, 'listening');
  let next = 0;
  server.on('connection', (ws) => {
    const play = connections[next++];
    const message = (Type: string, Obj: unknown, LogRevision?: number) =>
      ws.send(JSON.stringify({ Namespace: 'Graph', Type, UUID: 'watch', Status: 200, Obj, LogRevision }));
    ws.on('message', (data) => {
      asked.push((JSON.parse(String(data)) as { Obj: unknown }).Obj);
      play?.({
        say: (text) => ws.send(text),
        sync: (reply) => message('SyncReply', reply),
        event: (element, revision) => message('NodeUpdated', element, revision),
        cut: () => ws.close(1001, 'going away'),
      });
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function version(revision: number): WireNode {
  return { ...node('eth0', { MTU: 1000 + revision }), Revision: revision };
}

function parsed(out: string): { kind: string; revision: number | null; element: WireNode }[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function revisions(out: string): (number | null)[] {
  return parsed(out).map(({ revision }) => revision);
}
