/** Each hole that Skydive has in its doors, in words; here it is shut. */
import { WebSocket } from 'ws';
import type { FlowView } from '../../../src/flow/view.ts';
import { ask, gremlin, node } from '../server.ts';
import { secured } from './secured.ts';

const newNode = { Metadata: { Name: 'n', Type: 'thing' } };

test('whoever may not is told 403 with the role that may, and not 405', async () => {
  await using skein = await secured();
  const { status, text } = await ask(skein, '/api/node', { method: 'POST', body: newNode, headers: skein.as('read') });
  expect(status).toBe(403);
  expect(text).toBe('POST /api/node needs the role admin; read has the role read\n');
});

test('a name and a password are enough for the first request: no login has to come before it', async () => {
  await using skein = await secured();
  const basic = Buffer.from(`ana:${skein.password}`).toString('base64');
  expect((await ask(skein, '/api/node', { headers: { Authorization: `Basic ${basic}` } })).status).toBe(200);
});

test('roles hold for REST as for WebSockets and logins', async () => {
  await using skein = await secured({ tails: { open: () => Promise.reject(new Error('not asked')) } });
  const statusOf = async (kept: 'read' | 'capture' | 'inject' | 'admin', method: string, path: string) =>
    (await ask(skein, path, { method, headers: skein.as(kept), ...(method === 'POST' && { body: {} }) })).status;
  for (const [method, path, least] of [
    ['GET', '/api/node', 'read'],
    ['GET', '/metrics', 'read'],
    ['POST', '/api/capture', 'capture'],
    ['DELETE', '/api/capture/x', 'capture'],
    ['GET', '/api/capture/tail', 'capture'],
    ['GET', '/api/capture/tail/', 'capture'],
    ['POST', '/api/pcap', 'inject'],
    ['POST', '/api/injectpacket', 'inject'],
    ['GET', '/api/injectpacket', 'inject'],
    ['DELETE', '/api/injectpacket/x', 'inject'],
    ['GET', '/api/drops', 'capture'],
    ['POST', '/api/node', 'admin'],
    ['PATCH', '/api/node/x', 'admin'],
    ['DELETE', '/api/edge/x', 'admin'],
    ['POST', '/api/noderule', 'admin'],
    ['DELETE', '/api/what/is/not/there', 'admin'],
    ['GET', '/api/config/flow.update', 'admin'],
    ['GET', '/api/audit', 'admin'],
  ] as const) {
    const order = ['read', 'capture', 'inject', 'admin'] as const;
    for (const role of order) {
      const isEnough = order.indexOf(role) >= order.indexOf(least);
      const status = await statusOf(role, method, path);
      expect([method, path, role, status === 403]).toEqual([method, path, role, !isEnough]);
    }
  }
});

test('a path in another case is no other door to the same room', async () => {
  await using skein = await secured();
  expect((await ask(skein, '/API/config/flow.update', { headers: skein.as('read') })).status).toBe(404);
});

test.each(['/ws/publisher', '/ws/pubsub'])('%s asks for a role that may write', async (path) => {
  await using skein = await secured();
  expect(await opened(skein.port, path, {})).toBe(401);
  expect(await opened(skein.port, path, skein.as('inject'))).toBe(403);
  expect(await opened(skein.port, path, skein.as('agent'))).toBe(403);
  expect(await opened(skein.port, path, skein.as('admin'))).toBe(101);
});

test('what a subscriber publishes changes nothing', async () => {
  await using skein = await secured();
  const ws = new WebSocket(`ws://127.0.0.1:${skein.port}/ws/subscriber`, { headers: skein.as('read') });
  await new Promise((resolve) => ws.on('open', resolve));
  const told = new Promise<string>((resolve) => ws.on('message', (data) => resolve(String(data))));
  ws.send(JSON.stringify({ Type: 'NodeAdded', Namespace: 'Graph', Obj: { ID: 'evil', ...newNode } }));
  expect(await told).toContain('changes are taken at /ws/publisher');
  expect([...skein.server.graph.now().nodes('evil')]).toEqual([]);
  ws.terminate();
});

test.each(['/ws/agent/topology', '/ws/agent/flow', '/ws/subscriber'])(
  'agents do not come in at %s without a token, and with theirs not where users do',
  async (path) => {
    await using skein = await secured();
    expect(await opened(skein.port, path, {})).toBe(401);
    expect(await opened(skein.port, path, skein.as('agent'))).toBe(403);
  },
);

test('kept packets are shown to who may capture and to no reader, whichever way they are asked for', async () => {
  let looked = 0;
  const flows: FlowView = {
    find: () => [[{ UUID: 'f', NodeTID: 't' } as never]],
    count: () => 1,
    metrics: () => new Map(),
    rawPackets() {
      looked++;
      return new Map();
    },
    loss: () => [],
  };
  await using skein = await secured({ flows: { flows } });
  const query = 'G.Flows().RawPackets()';
  for (const text of [query, "g.call('flows').call('rawPackets')"]) {
    const { status, text: said } = await gremlin(skein, text, skein.as('read'));
    expect([text, status, said]).toEqual([text, 403, expect.stringContaining('needs the role capture')]);
    const door = { method: 'POST', body: { gremlin: text }, headers: skein.as('read') };
    expect([text, (await ask(skein, '/gremlin', door)).status]).toEqual([text, 403]);
    const ours = { method: 'POST', body: { query: text }, headers: skein.as('read') };
    expect([text, (await ask(skein, '/api/query', ours)).status]).toEqual([text, 403]);
  }
  expect(looked).toBe(0);
  expect((await gremlin(skein, query, skein.as('capture'))).status).toBe(200);
  expect(looked).toBe(1);
  expect(skein.audited.at(-1)).toMatchObject({ who: 'capture', what: 'reading what was in packets', outcome: 'done' });
});

test('a traversal writes for who may write alone, by every door', async () => {
  await using skein = await secured();
  skein.server.say(node('v1'));
  const before = skein.server.graph.revision;
  for (const text of ["g.addV('x')", 'g.V().drop()', "g.V().property('k', 1)", "g.mergeV([(T.label): 'x'])"]) {
    expect([text, (await gremlin(skein, text, skein.as('inject'))).status]).toEqual([text, 403]);
    const door = { method: 'POST', body: { gremlin: text }, headers: skein.as('inject') };
    expect([text, (await ask(skein, '/gremlin', door)).status]).toEqual([text, 403]);
  }
  expect(skein.server.graph.revision).toBe(before);
  expect((await gremlin(skein, "g.addV('x')", skein.as('admin'))).status).toBe(200);
  expect(skein.server.graph.revision).toBeGreaterThan(before);
});

test('no page of another origin is let in by a header of ours', async () => {
  await using skein = await secured();
  for (const method of ['GET', 'OPTIONS']) {
    const headers = { ...skein.as('admin'), Origin: 'http://evil.example' };
    const { status, headers: said } = await ask(skein, '/api/node', { method, headers });
    expect(status).toBe(403);
    expect(Object.keys(said).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

test('the cookie is an id that scripts cannot read, not the password in another spelling', async () => {
  await using skein = await secured();
  const body = new URLSearchParams({ username: 'ana', password: skein.password }).toString();
  const { status, headers, text } = await ask(skein, '/login', { method: 'POST', body });
  expect(status).toBe(200);
  const [cookie = ''] = headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/^authtoken=sks_[\w-]{43}; .*HttpOnly; SameSite=Strict/);
  for (const secret of [
    skein.password,
    Buffer.from(`ana:${skein.password}`).toString('base64'),
    encodeURIComponent(skein.password),
  ])
    expect(cookie + text).not.toContain(secret);
  const allowed = (JSON.parse(text) as { Permissions: { Object: string; Action: string; Allowed: boolean }[] })
    .Permissions;
  const may = (object: string, action: string) =>
    allowed.find(({ Object: of, Action }) => of === object && Action === action)?.Allowed;
  expect([may('capture', 'rawpackets'), may('topology', 'write')]).toEqual([true, false]);

  const Cookie = cookie.split(';', 1)[0] as string;
  expect((await ask(skein, '/api/node', { headers: { Cookie } })).status).toBe(200);
  expect((await ask(skein, '/api/node', { method: 'POST', body: newNode, headers: { Cookie } })).status).toBe(403);
  expect((await ask(skein, '/logout', { method: 'POST', headers: { Cookie } })).status).toBe(204);
  expect((await ask(skein, '/api/node', { headers: { Cookie } })).status).toBe(401);
});

test('nothing that is asked runs a program or a script of the server', async () => {
  await using skein = await secured();
  for (const path of ['/api/alert', '/api/workflow', '/api/workflow/x/call']) {
    const body = { Action: 'file:///bin/true', Source: 'process.exit(1)' };
    expect((await ask(skein, path, { method: 'POST', body, headers: skein.as('admin') })).status).toBe(404);
  }
});

/** HTTP status of the upgrade. */
function opened(port: number, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
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
