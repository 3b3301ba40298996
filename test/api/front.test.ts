import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { openApiDocument } from '../../src/contract/openapi.ts';
import { statusShape } from '../../src/contract/status.ts';
import { completionReplyShape, vocabularyReplyShape } from '../../src/contract/vocabulary.ts';
import { ask, gremlin, node, testServer } from './server.ts';

test('the front says who it is', async () => {
  await using server = await testServer();
  expect(JSON.parse((await ask(server, '/api')).text)).toEqual({
    Host: 'test-host',
    Version: '0.1.0',
    Service: 'analyzer',
  });
});

test('status has the shape of the contract', async () => {
  await using server = await testServer();
  const status = statusShape.parse(JSON.parse((await ask(server, '/api/status')).text));
  expect(status.Listen).toBe(`127.0.0.1:${server.port}`);
});

test('a configuration key gives its value, an unknown one the empty text, none is not found', async () => {
  await using server = await testServer();
  expect((await ask(server, '/api/config/flow.update')).text).toBe('5\n');
  expect((await ask(server, '/api/config/no.such.key')).text).toBe('""\n');
  expect((await ask(server, '/api/config')).status).toBe(404);
  expect((await ask(server, '/api/config/%')).status).toBe(400);
});

test('figures for Prometheus pass its own check', async () => {
  await using server = await testServer({
    status: {
      Probes: {
        netlink: { Status: 'running', Up: true, Runs: 1, Errors: 0, LastDurationMs: 5, Counters: { overruns: 2 } },
      },
      Archive: {
        Kind: 'embedded',
        Place: '/x',
        State: 'ok',
        Notes: [],
        SizeBytes: 1,
        SizeBytesMax: 2,
        AgeMsMax: 3,
        Versions: 4,
        Samples: 5,
        Range: null,
      },
    },
  });
  server.say(node('a'));
  await gremlin(server, 'G.V()');
  await gremlin(server, 'G.Nope()');
  await ask(server, '/api/nothing');
  const { text, headers } = await ask(server, '/metrics');
  expect(headers['content-type']).toContain('text/plain; version=0.0.4');
  expect(() => execFileSync('promtool', ['check', 'metrics'], { input: text, stdio: 'pipe' })).not.toThrow();
  expect(text).toContain('skein_queries_total{outcome="ok"} 1');
  expect(text).toContain('skein_queries_total{outcome="mistake"} 1');
  expect(text).toContain('skein_query_duration_seconds_count 2');
  expect(text).toContain('skein_graph_nodes 1');
  expect(text).toContain('skein_probe_events_total{probe="netlink",event="overruns"} 2');
  expect(text).toContain('skein_http_requests_total{method="GET",route="other",status="404"} 1');
});

test('the OpenAPI document is the one of the contract, and every reference in it leads somewhere', async () => {
  await using server = await testServer();
  const { text } = await ask(server, '/api/openapi.json');
  const document = JSON.parse(text);
  expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument('0.1.0'))));
  expect(document.openapi).toBe('3.1.0');
  for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
    expect(document.components.schemas).toHaveProperty([name as string]);
  }
  const ids = Object.values(document.paths as Record<string, Record<string, { operationId?: string }>>).flatMap(
    (path) => Object.values(path).map((operation) => operation.operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('vocabulary and completion have the shapes of the contract', async () => {
  await using server = await testServer();
  server.say(node('eth0'), node('eth1'), node('br0', { Type: 'bridge' }));
  const vocabulary = vocabularyReplyShape.parse(JSON.parse((await ask(server, '/api/vocabulary')).text));
  expect(vocabulary.steps.map(({ name }) => name)).toContain('Has');
  const complete = async (body: object) =>
    completionReplyShape.parse(JSON.parse((await ask(server, '/api/complete', { method: 'POST', body })).text));
  const texts = async (body: object) => (await complete(body)).items.map(({ text }) => text);
  expect((await texts({ query: 'G.V().Ded' }))[0]).toContain('Dedup');
  expect((await texts({ query: "G.V().Has('Name','et" })).join()).toMatch(/eth0.*eth1/);
  expect(await texts({ key: 'Name', prefix: 'b', type: 'bridge' })).toEqual(['br0']);
  expect(await complete({ query: 'G.V().Ded' })).toMatchObject({ from: 6, to: 9 });
  expect((await ask(server, '/api/complete', { method: 'POST', body: { nothing: 1 } })).status).toBe(400);
});

test('health is answered, readiness only while it is open', async () => {
  await using server = await testServer();
  expect((await ask(server, '/healthz')).status).toBe(200);
  expect((await ask(server, '/readyz')).status).toBe(200);
});

test('no answer may be framed, sniffed or cached', async () => {
  await using server = await testServer();
  for (const path of ['/api', '/api/nothing', '/metrics', '/api/topology']) {
    const { headers } = await ask(server, path);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
  }
});

test('closing lets a running answer end and takes no new ones', async () => {
  const server = await testServer();
  await gremlin(server, 'G');
  await server.api.close();
  await expect(gremlin(server, 'G')).rejects.toThrow();
  await server.api.close();
});

test('only so many connections are open at once', async () => {
  await using server = await testServer({ limits: { connectionsMax: 1 } });
  const first = connect(server.port, '127.0.0.1');
  await once(first, 'connect');
  await expect(ask(server, '/api')).rejects.toThrow();
  first.destroy();
  await once(first, 'close');
  let text = '';
  while (text === '') text = (await ask(server, '/metrics').catch(() => ({ text: '' }))).text;
  expect(text).toMatch(/skein_http_refused_total\{reason="connections"\} [1-9]/);
});
