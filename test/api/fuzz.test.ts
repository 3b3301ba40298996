import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../../src/api/body.ts';
import { Elements } from '../../src/api/elements.ts';
import { incomingOf } from '../../src/api/ws/incoming.ts';
import { Graph } from '../../src/graph/graph.ts';
import { ask, gremlin, testServer } from './server.ts';
import { TestClient } from './ws-client.ts';

/** Numbers that are the same in every run (xorshift32). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const seeds = [
  '{"GremlinQuery":"G.V().Has(\'Name\',\'eth0\').Out()"}',
  '{"ID":"a","Metadata":{"Name":"a","Type":"switch","L":[1,2,{"x":null}]},"Host":"h","Revision":0}',
  '{"ID":"e","Parent":"a","Child":"b","Metadata":{"RelationType":"layer2"}}',
  '[{"op":"add","path":"/Metadata/x/-","value":[1]},{"op":"move","from":"/Metadata/Name","path":"/Metadata/y"}]',
  '{"Namespace":"Graph","Type":"NodePartiallyUpdated","UUID":"u","Obj":{"ID":"a","Ops":[{"Type":1,"Key":"a.b","Value":1}]}}',
  '{"Type":"Sync","Obj":{"Nodes":[{"ID":"n","Metadata":{"Name":"n","Type":"t"}}],"Edges":[]}}',
];
const pieces = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  '-1',
  '1e999',
  '"\\u0000"',
  '"ID"',
  '"__proto__"',
  '""',
  '\\',
  '\ufffd',
];

/** A seed with some places cut out, doubled or written over. */
function mutated(roll: (below: number) => number): string {
  let text = seeds[roll(seeds.length)] as string;
  for (let i = roll(4); i >= 0; i--) {
    const at = roll(text.length + 1);
    const length = roll(8);
    const piece = roll(3) === 0 ? text.slice(at, at + 20) : (pieces[roll(pieces.length)] as string);
    text = text.slice(0, at) + piece + text.slice(at + length);
  }
  return text;
}

test('100,000 broken bodies are answered, never thrown at', async () => {
  const graph = new Graph();
  const elements = new Elements({
    graph,
    host: 'h',
    clock: { now: () => 1, elapsed: () => 1 },
    archive: { flushed: () => Promise.resolve(), isFull: () => false },
  });
  const roll = dice(42);
  const statuses = new Map<number, number>();
  for (let i = 0; i < 100_000; i++) {
    const text = mutated(roll);
    for (const message of incomingOf(text)) {
      if (message.kind === 'change') graph.apply([message.change], { host: 'h', origin: 'o', time: 1 });
    }
    const { value, fault } = parseJson(text);
    if (fault !== undefined) continue;
    const kind = roll(2) === 0 ? 'node' : 'edge';
    const outcome = await (roll(2) === 0 ? elements.create(kind, value) : elements.patch(kind, 'a', value));
    statuses.set(outcome.status, (statuses.get(outcome.status) ?? 0) + 1);
  }
  expect([...statuses.keys()].every((status) => [200, 201, 304, 400, 404, 409].includes(status))).toBe(true);
  expect(statuses.get(400)).toBeGreaterThan(1000);
  expect(({} as { ID?: unknown }).ID).toBeUndefined();
}, 60_000);

test('thousands of broken requests leave the server as it was', async () => {
  await using server = await testServer();
  const roll = dice(7);
  const paths = [
    '/api/topology',
    '/api/query',
    '/api/node',
    '/api/edge',
    '/api/complete',
    '/api/node/a',
    '/login',
    '/api/%zz',
  ];
  const methods = ['POST', 'POST', 'PATCH', 'GET', 'DELETE', 'PUT', 'OPTIONS'];
  for (let i = 0; i < 3_000; i++) {
    const path = paths[roll(paths.length)] as string;
    const { status } = await ask(server, path, {
      method: methods[roll(methods.length)] as string,
      body: mutated(roll),
    });
    expect(status).toBeGreaterThanOrEqual(200);
    expect(status).toBeLessThan(500);
  }
  expect(server.warnings).toEqual([]);
  expect((await gremlin(server, 'G.V().Count()')).status).toBe(200);
}, 60_000);

test('queries of any text are answered with a result or with what is wrong', async () => {
  await using server = await testServer();
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), async (text) => {
      const { status } = await gremlin(server, `G.V().${text}`);
      expect([200, 400]).toContain(status);
    }),
    { numRuns: 500 },
  );
  expect(server.warnings).toEqual([]);
});

test('a WebSocket that talks nonsense is answered, and the next message counts again', async () => {
  await using server = await testServer();
  await using client = await TestClient.open(server, 'pubsub');
  const roll = dice(99);
  for (let i = 0; i < 2_000; i++) client.ws.send(mutated(roll));
  client.send({ Type: 'NodeAdded', Obj: { ID: 'last', Metadata: { Name: 'last', Type: 'x' } } });
  const { Obj } = await client.sync({}, 'the end');
  expect(Obj.Nodes.some(({ ID }: { ID: string }) => ID === 'last')).toBe(true);
});
