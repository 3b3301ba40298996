import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { ask, edge, gremlin, node, testServer } from './server.ts';

test('a query is answered in the shape of Skydive, with a new line behind it', async () => {
  await using server = await testServer();
  server.say(node('a', { MTU: 1500 }), node('b'), edge('ab', 'a', 'b'));
  const { status, headers, text } = await gremlin(server, "G.V().Has('Name','a')");
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(headers['content-length']).toBe(String(text.length));
  expect(text.endsWith('\n')).toBe(true);
  expect(JSON.parse(text)).toEqual([
    {
      ID: 'a',
      Metadata: { Name: 'a', Type: 'veth', MTU: 1500 },
      Host: 'test-host',
      Origin: 'agent.test-host',
      CreatedAt: expect.any(Number),
      UpdatedAt: expect.any(Number),
      DeletedAt: null,
      Revision: 1,
    },
  ]);
  const graph = JSON.parse((await gremlin(server, 'G')).text);
  expect(graph[0].Nodes).toHaveLength(2);
  expect(graph[0].Edges[0]).toMatchObject({ ID: 'ab', Parent: 'a', Child: 'b', DeletedAt: null });
  expect((await gremlin(server, 'G.V().Count()')).text).toBe('2\n');
});

test('counters are merged into the metadata, without those that are zero', async () => {
  await using server = await testServer();
  server.say(node('a'), { kind: 'counters', id: 'a', series: 'Metric', total: { RxBytes: 100, TxBytes: 0 } });
  await new Promise((resolve) => setTimeout(resolve, 5));
  server.say({ kind: 'counters', id: 'a', series: 'Metric', total: { RxBytes: 130, TxBytes: 0 } });
  const [found] = JSON.parse((await gremlin(server, 'G.V()')).text);
  expect(found.Metadata.Metric).toEqual({ RxBytes: 130, Last: expect.any(Number) });
  expect(found.Metadata.LastUpdateMetric).toEqual({ RxBytes: 30, Start: expect.any(Number), Last: expect.any(Number) });
  expect(found.Revision).toBe(1);
});

test('an empty query, no body, and a body of something else have no answer', async () => {
  await using server = await testServer();
  for (const body of ['', '{"GremlinQuery":""}', '{"GremlinQuery":"  "}', '{"Gremlin":"G.V()"}', '{}', 'null', '1']) {
    expect(await ask(server, '/api/topology', { method: 'POST', body })).toMatchObject({ status: 204, text: '' });
  }
});

test('all mistakes of a query come back at once, each with a caret under its place', async () => {
  await using server = await testServer();
  const { status, headers, text } = await gremlin(server, "G.V().Dedub('Type').Limmit(1)");
  expect(status).toBe(400);
  expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(text.match(/\^/g)?.length).toBeGreaterThan(2);
  expect(text).toContain('Dedup');
  expect(text).toContain('Limit');
});

test('a body that is no JSON is told so', async () => {
  await using server = await testServer();
  const { status, text } = await ask(server, '/api/topology', { method: 'POST', body: '{oops' });
  expect(status).toBe(400);
  expect(text).toContain('the body is not JSON');
  expect((await ask(server, '/api/topology', { method: 'POST', body: { GremlinQuery: 3 } })).status).toBe(400);
});

test('a graph is drawn as DOT on demand, and nothing else can be', async () => {
  await using server = await testServer();
  const addresses = { IPV4: ['10.0.0.1/24', '10.0.0.2/24'] };
  server.say(
    node('aaaaaaaa-1', addresses),
    node('bbbbbbbb-2', { Name: 'q"uo\\te\n' }),
    edge('ab', 'aaaaaaaa-1', 'bbbbbbbb-2'),
  );
  const drawn = await gremlin(server, 'G', { Accept: 'text/vnd.graphviz' });
  expect(drawn.headers['content-type']).toBe('text/vnd.graphviz; charset=utf-8');
  expect(drawn.text).toBe(
    'digraph g {\n' +
      '"aaaaaaaa-1-aaaaaaaa" [label="aaaaaaaa-1-aaaaaaaa\\nType = veth\\nIPV4 = [10.0.0.1/24 10.0.0.2/24]"]\n' +
      '"q\\"uo\\\\te\\n-bbbbbbbb" [label="q\\"uo\\\\te\\n-bbbbbbbb\\nType = veth"]\n' +
      '"aaaaaaaa-1-aaaaaaaa" -> "q\\"uo\\\\te\\n-bbbbbbbb" [label=layer2,dir=both]\n' +
      '}\n',
  );
  expect((await gremlin(server, 'G.V()', { Accept: 'text/vnd.graphviz' })).status).toBe(406);
  expect((await gremlin(server, 'G', { Accept: 'application/vnd.tcpdump.pcap' })).status).toBe(406);
});

test('a method that is not served names those that are', async () => {
  await using server = await testServer();
  const { status, headers } = await ask(server, '/api/topology', { method: 'PUT', body: { GremlinQuery: 'G' } });
  expect(status).toBe(405);
  expect(headers.allow).toBe('GET, POST');
  expect((await ask(server, '/api/nothing')).status).toBe(404);
});

test('GET gives the whole graph', async () => {
  await using server = await testServer();
  server.say(node('a'));
  expect(JSON.parse((await ask(server, '/api/topology')).text)[0].Nodes).toHaveLength(1);
});

test('a body that is too large is refused before it is read, also when its length is not said', async () => {
  await using server = await testServer({ limits: { bodyBytesMax: 1000 } });
  const body = JSON.stringify({ GremlinQuery: 'G'.repeat(2000) });
  expect((await ask(server, '/api/topology', { method: 'POST', body })).status).toBe(413);
  const headers = { 'Transfer-Encoding': 'chunked' };
  expect((await ask(server, '/api/topology', { method: 'POST', body, headers })).status).toBe(413);
});

test('our own door says what the answer is, what is kept, and how far the change log is', async () => {
  await using server = await testServer();
  server.say(node('a'));
  const post = (body: unknown) => ask(server, '/api/query', { method: 'POST', body });
  const { status, text } = await post({ query: "G.V().Has('Naem','a')" });
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    schema: 'skein/v1',
    kind: 'nodes',
    nodes: [],
    warnings: [{ code: 'query.unknown-key' }],
    range: { from: expect.any(Number), to: expect.any(Number) },
    time: null,
    logRevision: server.graph.revision,
  });
  expect(JSON.parse((await post({ query: 'G.V()', explain: true })).text)).toMatchObject({ kind: 'plan' });
  expect(JSON.parse((await post({ query: 'G.V()', profile: true })).text)).toMatchObject({ kind: 'profile' });
});

test('our own door tells mistakes as data and as text', async () => {
  await using server = await testServer();
  const { status, text } = await ask(server, '/api/query', { method: 'POST', body: { query: 'G.V().Dedub()' } });
  expect(status).toBe(400);
  const refusal = JSON.parse(text);
  expect(refusal).toMatchObject({ schema: 'skein/v1', faults: [{ from: 6, to: 11 }] });
  expect(refusal.text).toContain('^^^^^');
  expect((await ask(server, '/api/query', { method: 'POST', body: { quer: 'G' } })).status).toBe(400);
  expect((await ask(server, '/api/query', { method: 'POST', body: 'G' })).status).toBe(400);
});

test('while a large graph leaves, the event loop turns', async () => {
  await using server = await testServer();
  for (let part = 0; part < 20; part++) {
    server.say(...Array.from({ length: 1000 }, (_, i) => node(`n-${part}-${i}`, { Words: 'x'.repeat(100) })));
  }
  let isDone = false;
  const whole = gremlin(server, 'G').finally(() => {
    isDone = true;
  });
  let turns = 0;
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  expect(JSON.parse((await whole).text)[0].Nodes).toHaveLength(20_000);
  expect(turns).toBeGreaterThan(5);
});

test('an answer shows one moment, also when the graph changes while it leaves', async () => {
  await using server = await testServer();
  server.say(...Array.from({ length: 5000 }, (_, i) => node(`n${i}`, { Words: 'x'.repeat(200), Round: 0 })));
  const whole = gremlin(server, 'G.V()');
  for (let round = 1; round < 20; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    server.say(...Array.from({ length: 500 }, (_, i) => node(`n${i * 10}`, { Words: 'y', Round: round })));
  }
  const rounds = new Set(
    JSON.parse((await whole).text).map((one: { Metadata: { Round: number } }) => one.Metadata.Round),
  );
  const seen = JSON.parse((await whole).text).filter((one: { ID: string }) => Number(one.ID.slice(1)) % 10 === 0);
  expect(rounds.size).toBeLessThanOrEqual(2);
  expect(new Set(seen.map((one: { Metadata: { Round: number } }) => one.Metadata.Round)).size).toBe(1);
});

test('a query that takes too long is stopped and told so', async () => {
  await using server = await testServer({ limits: { queryMs: 1 } });
  server.say(...Array.from({ length: 20_000 }, (_, i) => node(`n${i}`)));
  const { status, text } = await gremlin(server, 'G.V().Both().Both().Both().Sort()');
  expect(status).toBe(504);
  expect(text).toContain('stopped after');
  expect((await ask(server, '/metrics')).text).toContain('skein_queries_total{outcome="limit"} 1');
});

test('more queries at once than allowed are asked to come again', async () => {
  await using server = await testServer({ limits: { queriesMax: 0 } });
  expect(await gremlin(server, 'G.V()')).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
});

test('when the client goes, its query goes', async () => {
  await using server = await testServer();
  server.say(...Array.from({ length: 2_000 }, (_, i) => node(`n${i}`)));
  for (let i = 0; i < 2_000; i += 10) {
    server.say(...Array.from({ length: 20 }, (_, j) => edge(`e${i}-${j}`, `n${i}`, `n${(i + j + 1) % 2000}`)));
  }
  const body = JSON.stringify({ GremlinQuery: `G.V()${'.Both()'.repeat(20)}.Count()` });
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`POST /api/topology HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const running = async () => Number(/skein_queries_running (\d+)/.exec((await ask(server, '/metrics')).text)?.[1]);
  while ((await running()) === 0) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  while ((await running()) > 0) await new Promise((resolve) => setImmediate(resolve));
  expect((await ask(server, '/metrics')).text).toContain('skein_queries_total{outcome="cancelled"} 1');
});

test('a client that stops reading holds no more than a few pieces in memory, and others go on', async () => {
  await using server = await testServer();
  server.say(...Array.from({ length: 20_000 }, (_, i) => node(`n${i}`, { Words: 'x'.repeat(1000) })));
  const body = '{"GremlinQuery":"G"}';
  const socket = connect(server.port, '127.0.0.1');
  socket.pause();
  socket.write(`POST /api/topology HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await gremlin(server, 'G.V().Count()')).text).toBe('20000\n');
  expect(socket.bytesRead).toBeLessThan(10_000_000);
  socket.destroy();
});
