import { expect, test } from '@jest/globals';
import { ask, edge, node, testServer } from './server.ts';
import { TestClient } from './ws-client.ts';

const message = (Type: string, Obj: object, UUID = '') => ({ Namespace: 'Graph', Type, UUID, Status: 200, Obj });
const added = (ID: string, more: object = {}, UUID = '') =>
  message('NodeAdded', { ID, Metadata: { Name: ID, Type: 'switch', ...more } }, UUID);

test('nodes and edges are added, changed and taken away as a publisher says', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'publisher', { 'X-Host-ID': 'rec', 'X-Client-Type': 'lab' });
  client.send(added('p1', {}, 'u1'));
  client.send(message('NodeAdded', { ID: 'p2', Metadata: { Type: 'switch' } }, 'u2'));
  client.send(
    message('NodePartiallyUpdated', {
      ID: 'p1',
      Ops: [
        { Type: 1, Key: 'Rack', Value: 'r1' },
        { Type: 1, Key: 'A.B', Value: 2 },
      ],
    }),
  );
  client.send([
    added('p3'),
    message('EdgeAdded', { ID: 'e', Parent: 'p1', Child: 'p3', Metadata: { RelationType: 'x' } }),
  ]);
  const { Obj } = await client.sync();
  expect(Obj.Nodes).toMatchObject([
    { ID: 'p1', Host: 'rec', Origin: 'lab.rec', Metadata: { Rack: 'r1', A: { B: 2 } }, Revision: 2 },
    { ID: 'p3' },
  ]);
  expect(Obj.Edges).toMatchObject([{ ID: 'e', Parent: 'p1', Child: 'p3' }]);
  expect(client.heard[0]).toMatchObject({
    Type: 'Error',
    UUID: 'u2',
    Status: 400,
    Obj: expect.stringContaining('Name'),
  });
  client.send(
    message('NodePartiallyUpdated', {
      ID: 'p1',
      Ops: [
        { Type: 2, Key: 'A.B' },
        { Type: 2, Key: 'Rack' },
      ],
    }),
  );
  client.send(message('NodeDeleted', { ID: 'p3' }));
  const after = await client.sync({}, 'after');
  expect(after.Obj.Nodes.map(({ Metadata }: { Metadata: object }) => Metadata)).toEqual([
    { Name: 'p1', Type: 'switch', A: {} },
  ]);
  expect(after.Obj.Edges).toBeNull();
});

test('what a publisher says of host and origin is kept', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'publisher');
  client.send(message('NodeAdded', { ID: 'a', Host: 'h1', Origin: 'mine', Metadata: { Name: 'a', Type: 'x' } }));
  await client.sync();
  expect([...server.graph.now().nodes('a')][0]).toMatchObject({ host: 'h1', origin: 'mine' });
});

test('one wrong message harms no other', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'publisher');
  const wrong = [
    '{oops',
    '[1, null]',
    JSON.stringify(message('NodeAdded', { ID: '' })),
    JSON.stringify({
      Type: 'EdgeAdded',
      UUID: 'edge',
      Obj: { ID: 'e', Parent: 'no', Child: 'way', Metadata: { RelationType: 'x' } },
    }),
    JSON.stringify(message('NodeDeleted', { ID: 'nobody' })),
    JSON.stringify(message('NodePartiallyUpdated', { ID: 'a', Ops: [{ Type: 3, Key: 'x' }] })),
  ];
  for (const [i, text] of wrong.entries()) {
    client.ws.send(text);
    client.send(added(`n${i}`));
  }
  expect((await client.sync()).Obj.Nodes).toHaveLength(wrong.length);
  await client.untilCount(wrong.length + 2);
  expect(client.heard.filter(({ Type }) => Type === 'Error')).toHaveLength(wrong.length + 1);
  expect(client.heard.find(({ UUID }) => UUID === 'edge')?.Obj).toBe('Parent node not found');
  expect((await ask(server, '/metrics')).text).toContain(`skein_websocket_messages_refused_total ${wrong.length + 1}`);
});

test('what goes with its publisher goes when it leaves, the rest stays', async () => {
  await using server = await testServer();
  server.say(node('before'));
  const client = await TestClient.open(server, 'publisher', { 'X-Persistence-Policy': 'DeleteOnDisconnect' });
  client.send(added('mine'));
  client.send(added('before', { Rack: 1 }));
  client.send(message('EdgeAdded', { ID: 'e', Parent: 'mine', Child: 'before', Metadata: { RelationType: 'x' } }));
  await client.sync();
  await using other = await TestClient.open(server, 'publisher', { 'X-Persistence-Policy': 'Persistent' });
  other.send(added('others'));
  await other.sync();
  await client[Symbol.asyncDispose]();
  while (server.graph.nodes.alive.has('mine')) await new Promise((resolve) => setImmediate(resolve));
  expect([...server.graph.nodes.alive.keys()]).toEqual(['before', 'others']);
  expect(server.graph.edges.alive.size).toBe(0);
});

test('who asks for it is told when what it sent is durable', async () => {
  let flush: () => void = () => {};
  const flushed = new Promise<void>((resolve) => {
    flush = resolve;
  });
  await using server = await testServer({ archive: { flushed: () => flushed } });
  await using client = await TestClient.open(server, 'publisher', { 'X-Ack': '1' });
  client.send([added('a', {}, 'u1'), message('NodeAdded', { ID: 'b' }, 'u2')]);
  await client.until(({ Type }) => Type === 'Error');
  expect(client.heard.some(({ Type }) => Type === 'Ack')).toBe(false);
  flush();
  expect(await client.until(({ Type }) => Type === 'Ack')).toMatchObject({
    UUID: 'u2',
    Status: 200,
    Obj: { Count: 2, Refused: 1, LogRevision: server.graph.revision },
  });
});

test('a whole graph can be sent in one message', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'publisher');
  const Nodes = [added('a').Obj, added('b').Obj];
  const Edges = [{ ID: 'ab', Parent: 'a', Child: 'b', Metadata: { RelationType: 'x' } }];
  client.send(message('Sync', { Nodes, Edges }));
  expect((await client.sync()).Obj.Edges).toHaveLength(1);
});

test('pubsub hears and speaks', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'pubsub');
  await client.sync();
  server.say(node('a'));
  client.send(added('b'));
  await client.until(({ Type, Obj }) => Type === 'NodeAdded' && Obj.ID === 'b');
  expect(client.types()).toContain('NodeAdded a');
});

test('a publisher hears no events', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'publisher');
  server.say(node('a'), node('b'), edge('ab', 'a', 'b'));
  await client.sync();
  expect(client.heard.map(({ Type }) => Type)).toEqual(['SyncReply']);
});

test('all of a burst arrives, and the socket waits while the archive is full', async () => {
  let full = 3;
  await using server = await testServer({
    limits: { publishedMax: 1000, pingMs: 20 },
    archive: {
      isFull: () => full > 0,
      flushed: async () => {
        full--;
        await new Promise((resolve) => setTimeout(resolve, 100));
      },
    },
  });
  await using client = await TestClient.open(server, 'publisher');
  for (let i = 0; i < 20_000; i++) client.send(added(`n${i}`));
  const { Obj } = await client.sync();
  expect(Obj.Nodes).toHaveLength(20_000);
  const { text } = await ask(server, '/metrics');
  expect(Number(/skein_publisher_pauses_total (\d+)/.exec(text)?.[1])).toBeGreaterThan(0);
  expect(client.closed).toBeUndefined();
});

test('a message larger than allowed ends the connection with the code for it', async () => {
  await using server = await testServer({ limits: { messageBytesMax: 1000 } });
  await using client = await TestClient.open(server, 'publisher');
  client.send(added('a', { Words: 'x'.repeat(2000) }));
  expect((await client.untilClosed()).code).toBe(1009);
});

test('our own bug is told as one, its details go to the log', async () => {
  const broken = () => {
    throw new Error('details of it');
  };
  await using server = await testServer({ archive: { isFull: broken } });
  await using client = await TestClient.open(server, 'publisher');
  client.send(added('a'));
  expect(await client.until(({ Type }) => Type === 'Error')).toMatchObject({ Status: 400, Obj: 'internal error' });
  expect(server.warnings).toEqual([expect.stringMatching(/^publisher unknown: Error: details of it\n/)]);
});
