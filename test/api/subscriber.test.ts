import { expect, test } from '@jest/globals';
import { eventShape, serverMessageShape } from '../../src/contract/message.ts';
import { eventually } from '../eventually.ts';
import { ask, edge, node, testServer } from './server.ts';
import { TestClient } from './ws-client.ts';

test('a subscriber asks for all there is and then hears what changes, with positions that grow by one', async () => {
  await using server = await testServer();
  server.say(node('a'));
  await using client = await TestClient.open(server, 'subscriber', { 'X-Host-ID': 'me', 'X-Client-Type': 'test' });
  const { Obj } = await client.sync({}, 'sync-1');
  expect(Obj.Nodes.map(({ ID }: { ID: string }) => ID)).toEqual(['a']);
  expect(Obj.Edges).toBeNull();
  server.say(node('b'), edge('ab', 'a', 'b'), node('b', { MTU: 1 }));
  server.say({ kind: 'gone', id: 'b' });
  await client.until(({ Type }) => Type === 'NodeDeleted');
  expect(client.types().slice(1)).toEqual([
    'NodeAdded b',
    'EdgeAdded ab',
    'NodeUpdated b',
    'EdgeDeleted ab',
    'NodeDeleted b',
  ]);
  const revisions = client.heard.slice(1).map(({ LogRevision }) => LogRevision as number);
  expect(revisions.map((revision) => revision - Obj.LogRevision)).toEqual([1, 2, 3, 4, 5]);
  const deleted = client.heard.at(-1);
  expect(deleted?.Obj.DeletedAt).toBeGreaterThan(0);
  for (const message of client.heard) expect(serverMessageShape.parse(message)).toBeTruthy();
  for (const message of client.heard.slice(1)) {
    expect(eventShape.parse(message)).toMatchObject({
      Namespace: 'Graph',
      Status: 200,
      UUID: expect.stringMatching(/^.{36}$/),
    });
  }
});

test('on partial updates only the keys that changed are sent', async () => {
  await using server = await testServer();
  server.say(node('a', { MTU: 1, Old: 'x' }));
  await using client = await TestClient.open(server, 'subscriber', { 'X-Update-Policy': 'partial' });
  await client.sync();
  server.say({ kind: 'set', id: 'a', set: { MTU: 2 }, unset: ['Old'] });
  const { Obj } = await client.until(({ Type }) => Type === 'NodePartiallyUpdated');
  expect(Obj).toEqual({
    ID: 'a',
    UpdatedAt: expect.any(Number),
    Revision: 2,
    Ops: [
      { Type: 1, Key: 'MTU', Value: 2 },
      { Type: 2, Key: 'Old', Value: null },
    ],
  });
});

test('what changed while it was away is told when it comes back and says where it left', async () => {
  await using server = await testServer();
  server.say(node('a'));
  const left = server.graph.revision;
  server.say(node('b'), node('c'));
  await using client = await TestClient.open(server, 'subscriber', { 'X-Resume-Revision': String(left) });
  await client.untilCount(3);
  expect(client.heard[0]).toMatchObject({ Type: 'SyncReply', Obj: { Resumed: true, Nodes: null, LogRevision: left } });
  expect(client.types().slice(1)).toEqual(['NodeAdded b', 'NodeAdded c']);
  await using other = await TestClient.open(server, 'subscriber');
  await other.sync({ Revision: left });
  expect((await other.untilCount(3)).at(-1)).toMatchObject({ Type: 'NodeAdded', Obj: { ID: 'c' } });
});

test('who was away too long gets everything, and is told so', async () => {
  await using server = await testServer();
  server.say(node('a'));
  await using client = await TestClient.open(server, 'subscriber?x-resume-revision=999999');
  const [reply] = await client.untilCount(1);
  expect(reply).toMatchObject({ Type: 'SyncReply', Obj: { Resumed: false } });
  expect(reply?.Obj.Nodes).toHaveLength(1);
});

test('the state of a moment that has passed can be asked for', async () => {
  await using server = await testServer();
  server.say(node('a'));
  const then = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 5));
  server.say(node('b'), { kind: 'gone', id: 'a' });
  await using client = await TestClient.open(server, 'subscriber');
  const ids = (reply: { Obj: { Nodes: { ID: string }[] | null } }) => reply.Obj.Nodes?.map(({ ID }) => ID) ?? null;
  expect(ids(await client.sync({ Time: then }, '1'))).toEqual(['a']);
  expect(ids(await client.sync({ Time: then, GremlinFilter: "G.V().Has('Name','b').SubGraph()" }, '2'))).toBeNull();
  expect(ids(await client.sync({}, '3'))).toEqual(['b']);
  expect(await client.sync({ Time: 1 }, '4')).toMatchObject({ Status: 400, Obj: expect.stringContaining('kept') });
});

test('with a filter only what it shows is told, and only what differs', async () => {
  await using server = await testServer({ limits: { standingQueryMs: 1 } });
  server.say(node('a'), node('x1'));
  await using client = await TestClient.open(server, 'subscriber', {
    'X-Gremlin-Filter': "G.V().Has('Name',Regex('x.*')).SubGraph()",
  });
  const { Obj } = await client.sync();
  expect(Obj.Nodes.map(({ ID }: { ID: string }) => ID)).toEqual(['x1']);
  server.say(node('b'), node('x2'), edge('x', 'x1', 'x2'));
  await client.until(({ Type }) => Type === 'EdgeAdded');
  server.say(node('a', { MTU: 1 }), node('x2', { MTU: 2 }));
  await client.until(({ Type }) => Type === 'NodeUpdated');
  server.say({ kind: 'gone', id: 'x1' });
  await client.until(({ Type }) => Type === 'NodeDeleted');
  expect(client.types().slice(1)).toEqual([
    'NodeAdded x2',
    'EdgeAdded x',
    'NodeUpdated x2',
    'EdgeDeleted x',
    'NodeDeleted x1',
  ]);
  expect(client.heard.at(-1)?.Obj.DeletedAt).toBeGreaterThan(0);
});

test('a filter can be set, replaced and taken away while connected', async () => {
  await using server = await testServer({ limits: { standingQueryMs: 1 } });
  server.say(node('a'), node('b', { Type: 'bridge' }));
  await using client = await TestClient.open(server, 'subscriber');
  const count = async (filter: string, uuid: string) =>
    (await client.sync({ GremlinFilter: filter }, uuid)).Obj.Nodes.length;
  expect(await count("G.V().Has('Type','bridge')", '1')).toBe(1);
  server.say(node('c'), node('d', { Type: 'bridge' }));
  await client.until(({ Type }) => Type === 'NodeAdded');
  expect(await count('G.V().SubGraph()', '2')).toBe(4);
  expect(await count('', '3')).toBe(4);
  server.say(node('e'));
  await client.until(({ Type, Obj }) => Type === 'NodeAdded' && Obj.ID === 'e');
  expect(client.types().filter((type) => type.startsWith('Node'))).toEqual(['NodeAdded d', 'NodeAdded e']);
});

test('a filter that is wrong or gives no graph is refused with a sentence', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'subscriber');
  expect(await client.sync({ GremlinFilter: 'G.V(' }, '1')).toMatchObject({ Status: 400 });
  expect(await client.sync({ GremlinFilter: 'G.V().Count()' }, '2')).toMatchObject({
    Status: 400,
    Obj: expect.stringContaining("Gremlin query 'G.V().Count()' did not return a graph"),
  });
  await using other = await TestClient.open(server, 'subscriber', { 'X-Gremlin-Filter': 'G.V().Count()' });
  expect((await other.untilClosed()).code).toBe(1008);
  expect(other.heard[0]).toMatchObject({ Type: 'Error', Status: 400 });
});

test('protobuf is refused with a sentence', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'subscriber', { 'X-Client-Protocol': 'protobuf' });
  expect(await client.untilClosed()).toMatchObject({ code: 1003, reason: expect.stringContaining('only json') });
});

test('a subscriber in another namespace hears nothing of the graph', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'subscriber', { 'X-Websocket-Namespace': 'Alert' });
  server.say(node('a'));
  expect((await client.sync()).Obj.Nodes).toHaveLength(1);
  expect(client.heard).toHaveLength(1);
});

test('a burst far larger than any buffer arrives whole and in order', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'subscriber');
  await client.sync();
  for (let part = 0; part < 30; part++)
    server.say(...Array.from({ length: 1000 }, (_, i) => node(`n${part * 1000 + i}`)));
  await client.untilCount(30_001);
  expect(client.heard.slice(1).every(({ Obj }, i) => Obj.ID === `n${i}`)).toBe(true);
});

test('who does not read what it asked for is told, cut off and counted, and nobody else notices', async () => {
  // Before what is in between is full, who does not read is merely silent.
  await using server = await testServer({ limits: { pingMs: 250 } });
  await using slow = await TestClient.open(server, 'subscriber', { 'X-Host-ID': 'slow' });
  await using quick = await TestClient.open(server, 'subscriber');
  await slow.sync();
  slow.ws.pause();
  // The kernel takes some for who does not read: how much is for it to say.
  let said = 0;
  for (; server.warnings.length === 0; said += 500) {
    server.say(...Array.from({ length: 500 }, (_, i) => node(`n${said + i}`, { Words: 'x'.repeat(1000) })));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await quick.untilCount(said);
  expect(server.warnings[0]).toMatch(/^subscriber slow \(127\.0\.0\.1\): too slow: \d+ changes behind$/);
  // It reads on and says nothing to its end: it is gone without a word, and all the same for being slow.
  slow.ws.close = () => undefined;
  slow.ws.resume();
  await untilEnded(server, 'slow');
  await slow.untilClosed();
  expect(quick.closed).toBeUndefined();
});

test('who is gone without a word is let go', async () => {
  await using server = await testServer({ limits: { pingMs: 10 } });
  await using client = await TestClient.open(server, 'subscriber');
  // It reads, but it never answers a ping.
  (client.ws as unknown as { pong: () => void }).pong = () => {};
  (client.ws as unknown as { _autoPong: boolean })._autoPong = false;
  await client.untilClosed();
  await untilEnded(server, 'silent');
});

test('messages that mean nothing are answered with what is wrong', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'subscriber');
  client.ws.send('{oops');
  client.ws.send('3');
  client.ws.send(Buffer.from([1, 2, 3]));
  client.send({ Type: 'Dance', UUID: 'd' });
  client.send({ Type: 'NodeAdded', UUID: 'n', Obj: { ID: 'n', Metadata: { Name: 'n', Type: 'x' } } });
  client.send({ Type: 'SyncRequest', UUID: 's', Obj: { Time: 'yesterday' } });
  const heard = await client.untilCount(6);
  expect(heard.every(({ Status }) => Status === 400)).toBe(true);
  expect(server.graph.nodes.alive.size).toBe(0);
});

test('status lists who is connected', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'subscriber', { 'X-Host-ID': 'me', 'X-Client-Type': 'ui' });
  await client.sync();
  const { Subscribers } = JSON.parse((await ask(server, '/api/status')).text);
  expect(Subscribers.me).toMatchObject({
    ServiceType: 'ui',
    ClientProtocol: 'json',
    IsConnected: true,
    Addr: '127.0.0.1',
  });
});

test('when the server stops, it says so', async () => {
  const server = await testServer();
  const client = await TestClient.open(server, 'subscriber');
  await client.sync();
  await server.api.close();
  expect(await client.untilClosed()).toEqual({ code: 1001, reason: 'stopping' });
});

test('only so many WebSockets are open at once, and only where there are any', async () => {
  await using server = await testServer({ limits: { webSocketsMax: 1 } });
  await using _first = await TestClient.open(server, 'subscriber');
  await expect(TestClient.open(server, 'subscriber')).rejects.toThrow('503');
  await expect(TestClient.open(server, 'nowhere')).rejects.toThrow('404');
});

test('a standing query that speaks of a moment is evaluated anew as time goes on', async () => {
  await using server = await testServer({ limits: { standingQueryMs: 1 } });
  server.say(node('a'));
  await using client = await TestClient.open(server, 'subscriber');
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect((await client.sync({ GremlinFilter: "G.At('-1s').V().SubGraph()" })).Obj.Nodes).toHaveLength(1);
  server.say(node('b'));
  await client.until(({ Type, Obj }) => Type === 'NodeAdded' && Obj.ID === 'b');
});

test('a standing query that cannot be answered any more says why, to each sync too', async () => {
  await using server = await testServer({ limits: { standingQueryMs: 1 } });
  await using client = await TestClient.open(server, 'subscriber', { 'X-Gremlin-Filter': 'G.V().SubGraph()' });
  await client.sync({}, 'before');
  server.fail = true;
  server.say(node('a'));
  expect(await client.until(({ Type }) => Type === 'Error')).toMatchObject({ Status: 400 });
  expect(await client.sync({}, 'after')).toMatchObject({ Status: 400 });
  expect(client.closed).toBeUndefined();
});

test('who is so late that the log has forgotten what comes next is told, and nothing is left out in silence', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'subscriber');
  await client.sync();
  client.ws.pause();
  for (let part = 0; part < 20; part++) {
    server.say(...Array.from({ length: 1000 }, (_, i) => node(`n${part}-${i}`, { Words: 'x'.repeat(1000) })));
    await new Promise((resolve) => setImmediate(resolve));
  }
  server.graph.forgetBefore(Date.now() + 1, 10);
  client.ws.resume();
  expect((await client.untilClosed()).code).toBe(1013);
  expect(client.heard.at(-1)).toMatchObject({ Type: 'Error', Obj: expect.stringContaining('not kept any more') });
  const revisions = client.heard.slice(1, -1).map(({ LogRevision }) => LogRevision as number);
  expect(revisions.every((revision, i) => i === 0 || revision === (revisions[i - 1] as number) + 1)).toBe(true);
});

/** The server counts once it has heard the end too, which may be after the client has. */
async function untilEnded(server: Parameters<typeof ask>[0], reason: 'slow' | 'silent'): Promise<void> {
  const counted = `skein_websocket_ended_total{reason="${reason}"} 1`;
  await eventually(async () => expect((await ask(server, '/metrics')).text).toContain(counted));
}
