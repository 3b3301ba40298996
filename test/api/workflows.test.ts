/** Workflows over HTTP: made, called and deleted, each with the rights of who asks; and the examples of the docs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledWorkflows } from '../../src/workflows/bundled/index.ts';
import { eventually } from '../eventually.ts';
import { bookOf } from '../workflows/book.ts';
import { node, testServer } from './server.ts';

const tokens = { admin: 'a-token-of-an-admin' };

async function front() {
  const audited: { who: string; what: string; outcome: string }[] = [];
  const workflows = bookOf({ bundled: bundledWorkflows() });
  const server = await testServer({
    workflows,
    audit: (entry) => audited.push(entry),
    status: { Workflows: workflows.status() },
    access: { tokens: [tokens.admin], loopback: 'read' },
  });
  server.say(
    node('a', { Name: 'a', Type: 'veth', TID: 'tid-a', MTU: 1400, State: 'UP', IPV4: ['10.0.0.1/24'] }),
    node('b', { Name: 'b', Type: 'veth', TID: 'tid-b', MTU: 1500, State: 'UP', IPV4: ['10.0.0.1/24', '10.0.0.2/24'] }),
  );
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    { as = 'admin', type = 'application/json' } = {},
  ) => {
    const response = await fetch(server.url + path, {
      method,
      headers: { 'content-type': type, ...(as === 'admin' && { authorization: `Bearer ${tokens.admin}` }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const said = response.headers.get('x-workflow-console');
    return {
      status: response.status,
      text,
      said: said?.split(',').map(decodeURIComponent),
      failure: response.headers.get('x-workflow-failure'),
      json: () => JSON.parse(text),
    };
  };
  const url = server.url;
  return { ask, audited, url, workflows, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const names = { Name: 'Names', Source: "function() { return client.G.V().Values('Name').result() }" };

test('a workflow is made, listed, read, called by id and by name, and deleted', async () => {
  await using net = await front();
  const made = await net.ask('POST', '/api/workflow', names);
  expect(made.status).toBe(201);
  const { UUID } = made.json();
  expect(Object.values(net.ask && (await net.ask('GET', '/api/workflow')).json())).toHaveLength(5);
  for (const word of [UUID, 'Names']) {
    expect((await net.ask('GET', `/api/workflow/${word}`)).json()).toEqual(made.json());
    expect((await net.ask('POST', `/api/workflow/${word}/call`, { Params: [] })).json()).toEqual(['a', 'b']);
  }
  expect((await net.ask('POST', '/api/workflow', names)).status).toBe(409);
  expect((await net.ask('DELETE', '/api/workflow/Names')).status).toBe(200);
  expect((await net.ask('POST', '/api/workflow/Names/call', {})).status).toBe(404);
  expect((await net.ask('DELETE', '/api/workflow/CheckMTU')).status).toBe(400);
});

test('it acts with the rights of who calls it, and what it does is written down in their name', async () => {
  await using net = await front();
  const Source =
    "function() { try { return client.nodeRules.create({ Action: 'create', Metadata: {} }) } catch (e) { return e.status } }";
  await net.ask('POST', '/api/workflow', { Name: 'Write', Source });
  net.audited.length = 0;
  expect((await net.ask('POST', '/api/workflow/Write/call', {}, { as: 'reader' })).json()).toBe(403);
  expect(net.audited).toMatchObject([{ who: 'local', what: 'POST /api/noderule', outcome: 'refused' }]);
  // There are no rules on this server: who may is told so.
  expect((await net.ask('POST', '/api/workflow/Write/call', {})).json()).toBe(404);
});

test('who only reads may call, and neither make, nor delete, nor run a source', async () => {
  await using net = await front();
  const reader = { as: 'reader' };
  expect((await net.ask('POST', '/api/workflow', names, reader)).status).toBe(403);
  expect((await net.ask('DELETE', '/api/workflow/CheckMTU', undefined, reader)).status).toBe(403);
  expect((await net.ask('POST', '/api/workflow/call', names, reader)).status).toBe(403);
  expect((await net.ask('POST', '/api/workflow/call', names)).json()).toEqual(['a', 'b']);
  expect((await net.ask('POST', '/api/workflow/CheckMTU/call', { Params: ['tid-a', 'tid-a'] }, reader)).text).toBe(
    'true\n',
  );
});

test('who goes away in the middle is not worked for any longer', async () => {
  await using net = await front();
  const gone = new AbortController();
  const called = fetch(`${net.url}/api/workflow/call`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.admin}` },
    body: JSON.stringify({ Source: 'function() { for (;;) { client.G.V().Count().result(); sleep(5) } }' }),
    signal: gone.signal,
  }).catch((error: Error) => error.name);
  await eventually(() => expect(net.workflows.status().Running).toBe(1));
  gone.abort();
  expect(await called).toBe('AbortError');
  await eventually(() => expect(net.workflows.status().Running).toBe(0));
});

test('the step Workflow makes a graph of what it gives, with the rights of who asks', async () => {
  await using net = await front();
  const Source =
    "function(name) { var g = new api.Graph(); var n = new api.GraphNode(); n.ID = 'p'; n.Host = 'h'; n.Metadata = { Type: 'process', Name: name }; g.nodes.p = n; return g }";
  await net.ask('POST', '/api/workflow', { Name: 'One', Source });
  const query = (GremlinQuery: string) => net.ask('POST', '/api/topology', { GremlinQuery }, { as: 'reader' });
  expect((await query("G.Workflow('One', 'web').V().Has('Type', 'process').Values('Name')")).json()).toEqual(['web']);
  expect((await query("G.Workflow('One', 'web')")).json()).toMatchObject([{ Nodes: [{ ID: 'p', Host: 'h' }] }]);
  expect(await query("G.Workflow('Onee')")).toMatchObject({
    status: 400,
    text: expect.stringContaining("Unknown workflow 'Onee'"),
  });
  expect((await query('G.Workflow()')).text).toContain('Workflow requires at least 1 parameter');
  expect((await query("G.Workflow('CheckMTU', 'tid-a', 'tid-a')")).text).toContain('CheckMTU gives no graph');
});

test('a mistake of the script is answered with its place', async () => {
  await using net = await front();
  const called = (Source: string) => net.ask('POST', '/api/workflow/call', { Source });
  const { status, text, failure } = await called('function() {\n  return null.x\n}');
  expect({ status, failure }).toEqual({ status: 400, failure: 'threw' });
  // The call itself is wrong: nothing ran.
  expect(await called('42')).toMatchObject({ status: 400, failure: null });
  expect(await net.ask('POST', '/api/workflow/CheckMTU/call', { Params: { from: 1 } })).toMatchObject({
    ...{ status: 400, failure: null, text: expect.stringContaining("no parameter 'from'") },
  });
  expect(text).toContain("line 2, column 14: TypeError: cannot read property 'x' of null");
  expect(text).toContain('    return null.x');
});

describe('the examples of docs/workflows.md', () => {
  const docs = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'workflows.md'), 'utf8');
  const block = (language: string) => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(docs)?.[1] ?? '';

  test('the file in YAML finds addresses that two interfaces have', async () => {
    await using net = await front();
    expect((await net.ask('POST', '/api/workflow', block('yaml'), { type: 'application/yaml' })).status).toBe(201);
    const called = await net.ask('POST', '/api/workflow/DuplicateAddresses/call', { Params: [] }, { as: 'reader' });
    expect(called.json()).toEqual({ '10.0.0.1/24': ['a', 'b'] });
  });

  test('the file in JavaScript finds interfaces below an MTU, and says how many', async () => {
    await using net = await front();
    const called = await net.ask('POST', '/api/workflow/call', { Source: block('js'), Params: [1500] });
    expect(called.json()).toEqual([{ name: 'a', mtu: 1400 }]);
    expect(called.said).toEqual(['1 interfaces are below 1500']);
  });
});
