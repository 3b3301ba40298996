import { expect, test } from '@jest/globals';
import { ask, gremlin, node, testServer } from './server.ts';

type Server = Awaited<ReturnType<typeof testServer>>;

const post = (server: Server, kind: string, body: unknown, headers = {}) =>
  ask(server, `/api/${kind}`, { method: 'POST', body, headers });
const patch = (server: Server, path: string, body: unknown) => ask(server, `/api/${path}`, { method: 'PATCH', body });

test('a node that is made is answered whole, and can be read, listed, asked for and ended', async () => {
  await using server = await testServer();
  const made = await post(server, 'node', {
    ID: 'tor',
    Metadata: { Name: 'tor', Type: 'switch' },
    CreatedAt: 0,
    UpdatedAt: 0,
    Revision: 0,
  });
  expect(made.status).toBe(201);
  expect(JSON.parse(made.text)).toEqual({
    ID: 'tor',
    Metadata: { Name: 'tor', Type: 'switch' },
    Host: 'test-host',
    Origin: 'api.test-host',
    CreatedAt: expect.any(Number),
    UpdatedAt: expect.any(Number),
    DeletedAt: null,
    Revision: 1,
  });
  expect((await ask(server, '/api/node/tor')).text).toBe(made.text);
  expect(JSON.parse((await ask(server, '/api/node')).text)).toEqual({ tor: JSON.parse(made.text) });
  expect((await gremlin(server, "G.V('tor').Count()")).text).toBe('1\n');
  expect(await ask(server, '/api/node/tor', { method: 'DELETE' })).toMatchObject({ status: 200, text: '' });
  expect(await ask(server, '/api/node/tor', { method: 'DELETE' })).toMatchObject({
    status: 404,
    text: "Node 'tor' not found\n",
  });
  expect((await ask(server, '/api/node')).text).toBe('{}\n');
});

test('an id is made up when none is given', async () => {
  await using server = await testServer();
  const made = await post(server, 'node', { Metadata: { Name: 'tor', Type: 'switch' } });
  expect(JSON.parse(made.text).ID).toMatch(/^[0-9a-f-]{36}$/);
});

test('all that is wrong with a node is told at once', async () => {
  await using server = await testServer();
  const { status, text } = await post(server, 'node', { ID: '', Metadata: { Type: 'netns' } });
  expect(status).toBe(400);
  expect(text).toContain('invalid schema');
  for (const part of ['ID:', 'Metadata.Name', 'Metadata.Path']) expect(text).toContain(part);
  expect((await post(server, 'node', { Metadata: { Type: 'ovsport', Name: 'x' } })).text).toContain('Metadata.UUID');
  expect((await post(server, 'node', [])).status).toBe(400);
  expect((await post(server, 'node', '')).status).toBe(400);
});

test('the same id twice is a conflict', async () => {
  await using server = await testServer();
  server.say(node('a'));
  const { status, text } = await post(server, 'node', { ID: 'a', Metadata: { Name: 'a', Type: 'x' } });
  expect({ status, text }).toEqual({ status: 409, text: 'Node ID conflict\n' });
});

test('an edge needs both ends and a relation', async () => {
  await using server = await testServer();
  server.say(node('a'), node('b'));
  const Metadata = { RelationType: 'mylink' };
  expect((await post(server, 'edge', {})).status).toBe(400);
  expect((await post(server, 'edge', { ID: 'ab', Metadata })).status).toBe(400);
  expect((await post(server, 'edge', { Parent: 'a', Child: 'b', Metadata: {} })).text).toContain('RelationType');
  expect((await post(server, 'edge', { Parent: 'a', Child: 'nope', Metadata })).text).toBe('Child node not found\n');
  expect((await post(server, 'edge', { Parent: 'nope', Child: 'b', Metadata })).text).toBe('Parent node not found\n');
  const made = await post(server, 'edge', { ID: 'ab', Parent: 'a', Child: 'b', Metadata });
  expect(made.status).toBe(201);
  expect(JSON.parse(made.text)).toMatchObject({ ID: 'ab', Parent: 'a', Child: 'b', Metadata });
  expect((await post(server, 'edge', { ID: 'ab', Parent: 'a', Child: 'b', Metadata })).status).toBe(409);
  const other = { Parent: 'b', Child: 'a', Metadata };
  expect((await post(server, 'edge', other)).status).toBe(201);
  expect((await post(server, 'edge', other)).status).toBe(409);
});

test('a node takes its edges with it', async () => {
  await using server = await testServer();
  server.say(node('a'), node('b'));
  await post(server, 'edge', { ID: 'ab', Parent: 'a', Child: 'b', Metadata: { RelationType: 'x' } });
  await ask(server, '/api/node/a', { method: 'DELETE' });
  expect((await ask(server, '/api/edge/ab')).status).toBe(404);
});

test('a patch changes metadata, one revision at a time', async () => {
  await using server = await testServer();
  server.say(node('a', { TID: 'tid', foo: 'old' }));
  const changed = await patch(server, 'node/a', [
    { op: 'replace', path: '/Metadata/foo', value: 'new' },
    { op: 'add', path: '/Metadata/Rack', value: { row: 1, units: [1, 2] } },
    { op: 'add', path: '/Metadata/Rack/units/-', value: 3 },
    { op: 'test', path: '/Metadata/Rack/row', value: 1 },
  ]);
  expect(changed.status).toBe(200);
  expect(JSON.parse(changed.text)).toMatchObject({
    Metadata: { foo: 'new', Rack: { row: 1, units: [1, 2, 3] } },
    Revision: 2,
  });
  expect((await patch(server, 'node/a', [{ op: 'remove', path: '/Metadata/Rack' }])).status).toBe(200);
  expect(JSON.parse((await ask(server, '/api/node/a')).text).Metadata).toEqual({
    Name: 'a',
    Type: 'veth',
    TID: 'tid',
    foo: 'new',
  });
});

test('Name, Type, TID and all outside of the metadata stay as they are', async () => {
  await using server = await testServer();
  server.say(node('a', { TID: 'tid' }));
  for (const path of ['/Metadata/Name', '/Metadata/Type', '/Metadata/TID', '/Host', '/Revision']) {
    expect(await patch(server, 'node/a', [{ op: 'replace', path, value: 'noop' }])).toMatchObject({
      status: 304,
      text: '',
    });
  }
  expect((await patch(server, 'node/a', [{ op: 'remove', path: '/Metadata' }])).status).toBe(304);
  expect((await patch(server, 'node/a', [])).status).toBe(304);
  expect(JSON.parse((await ask(server, '/api/node/a')).text).Revision).toBe(1);
});

test('a patch that cannot be is refused as a whole', async () => {
  await using server = await testServer();
  server.say(node('a'));
  const refused = (op: object) => patch(server, 'node/a', [{ op: 'add', path: '/Metadata/x', value: 1 }, op]);
  expect((await refused({ op: 'foobar', path: '/Metadata/x', value: 1 })).status).toBe(400);
  expect((await refused({ op: 'replace', path: '/Metadata/none', value: 1 })).status).toBe(400);
  expect((await refused({ op: 'remove', path: '/Metadata/none' })).status).toBe(400);
  expect((await refused({ op: 'test', path: '/Metadata/x', value: 2 })).status).toBe(409);
  expect((await refused({ op: 'add', path: 'Metadata', value: 2 })).status).toBe(400);
  expect((await refused({ op: 'move', from: '/Metadata', path: '/Metadata/x' })).status).toBe(400);
  expect(JSON.parse((await ask(server, '/api/node/a')).text)).toMatchObject({ Revision: 1, Metadata: { Name: 'a' } });
  expect((await patch(server, 'node/none', [{ op: 'add', path: '/Metadata/x', value: 1 }])).status).toBe(404);
  expect((await patch(server, 'edge/none', [{ op: 'add', path: '/Metadata/x', value: 1 }])).status).toBe(404);
});

test('what is made is durable before it is answered', async () => {
  let flush: () => void = () => {};
  const flushed = new Promise<void>((resolve) => {
    flush = resolve;
  });
  await using server = await testServer({ archive: { flushed: () => flushed } });
  let isAnswered = false;
  const made = post(server, 'node', { ID: 'a', Metadata: { Name: 'a', Type: 'x' } }).finally(() => {
    isAnswered = true;
  });
  while (server.graph.nodes.alive.size === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(isAnswered).toBe(false);
  flush();
  expect((await made).status).toBe(201);
});

test('YAML is understood when it says so', async () => {
  await using server = await testServer();
  const body = 'ID: y\nMetadata:\n  Name: yaml\n  Type: switch\n';
  expect((await post(server, 'node', body, { 'Content-Type': 'application/yaml' })).status).toBe(201);
  const large = `ID: z\nMetadata:\n  Name: ${'y'.repeat(70_000)}\n  Type: switch\n`;
  const refused = await post(server, 'node', large, { 'Content-Type': 'application/yaml' });
  expect(`${refused.status} ${refused.text}`).toMatch(/^413 .*65536/);
  const wrong = await post(server, 'node', 'a: [1', { 'Content-Type': 'application/yaml' });
  expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('not YAML') });
  const aliases = 'a: &a [x]\nb: [*a, *a]\n';
  expect((await post(server, 'node', aliases, { 'Content-Type': 'application/yaml' })).status).toBe(400);
});

test('keys that would reach into objects themselves are data or refused, never prototypes', async () => {
  await using server = await testServer();
  const body = '{"ID":"p","Metadata":{"Name":"p","Type":"x","__proto__":{"polluted":true}}}';
  expect((await post(server, 'node', body)).status).toBe(400);
  server.say(node('a'));
  const ops = '[{"op":"add","path":"/Metadata/__proto__","value":{"polluted":true}}]';
  expect((await patch(server, 'node/a', ops)).status).toBe(400);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect((await patch(server, 'node/a', [{ op: 'add', path: '/Metadata/constructor', value: 1 }])).status).toBe(200);
});

test('a body nested without end is refused, not written again', async () => {
  await using server = await testServer();
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const body = `{"ID":"d","Metadata":{"Name":"d","Type":"x","D":${deep}}}`;
  expect((await post(server, 'node', body)).status).toBe(400);
});

test('a patch that copies a thing into itself again and again is refused before it fills the memory', async () => {
  await using server = await testServer();
  server.say(node('a'));
  const ops = Array.from({ length: 40 }, (_, i) => ({ op: 'copy', from: '/Metadata', path: `/Metadata/k${i}` }));
  expect((await patch(server, 'node/a', ops)).text).toContain('more than');
});
