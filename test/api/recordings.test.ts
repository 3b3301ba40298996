import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { edgeShape, nodeShape } from '../../src/contract/element.ts';
import { eventShape, serverMessageShape } from '../../src/contract/message.ts';
import { topologyReplyShape } from '../../src/contract/topology.ts';
import { ask, gremlin, node, testServer } from './server.ts';
import { TestClient } from './ws-client.ts';

// What Skydive 0.28.0 was heard to answer; metadata cut down to a few keys.
const recorded = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/skydive/${name}.json`, import.meta.url), 'utf8'));

interface Call {
  readonly note: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly body?: unknown;
    readonly bodyText?: string;
  };
  readonly status: number;
  readonly body?: unknown;
}

/** On purpose: an id is made up when none is given, and a second element of one id is a conflict. */
const ours: Readonly<Record<string, number>> = { node: 201, 'same node again': 409 };

test('calls that Skydive was recorded with get the status and the shape they got there', async () => {
  await using server = await testServer();
  // The one node of the recorded network that an edge is made to.
  server.say(node('2aef5b56-73f5-4d2d-5b9c-cc8e4aa14526'));
  for (const { note, request, status, body } of recorded('rest') as Call[]) {
    const sent = request.bodyText ?? request.body;
    const answered = await ask(server, request.path, {
      method: request.method,
      ...(sent === undefined ? {} : { body: sent }),
    });
    expect({ note, status: answered.status }).toEqual({ note, status: ours[note] ?? status });
    if (status !== 200 && status !== 201) continue;
    if (note.startsWith('config')) continue;
    if (request.method === 'DELETE') expect(answered.text).toBe('');
    else if (typeof body === 'object') {
      const its = JSON.parse(answered.text);
      expect(Object.keys(its).sort()).toEqual(Object.keys(body as object).sort());
      const Metadata = (body as { Metadata?: unknown }).Metadata;
      if (Metadata) expect(its).toMatchObject({ Metadata, Revision: (body as { Revision: number }).Revision });
    }
  }
});

test('messages of Skydive have the shapes of the contract', () => {
  for (const message of recorded('messages')) {
    const shape = message.Type === 'SyncReply' ? serverMessageShape : eventShape;
    expect(shape.parse(message)).toEqual(message);
  }
});

test('our messages have the keys of the messages of Skydive, and one more', async () => {
  await using server = await testServer();
  const said = new Map<string, { Obj: object }>();
  for (const policy of ['full', 'partial']) {
    await using client = await TestClient.open(server, 'subscriber', { 'X-Update-Policy': policy });
    server.say(node('a'), node('b'), {
      kind: 'edge',
      id: 'e',
      parent: 'a',
      child: 'b',
      metadata: { RelationType: 'x' },
    });
    server.say(node('a', { MTU: 1 }), { kind: 'gone', id: 'a' }, { kind: 'gone', id: 'b' });
    await client.until(({ Type, Obj }) => Type === 'NodeDeleted' && Obj.ID === 'b');
    for (const message of client.heard) said.set(message.Type, message);
  }
  for (const message of recorded('messages')) {
    if (message.Type === 'SyncReply') continue;
    const its = said.get(message.Type);
    expect(Object.keys(its ?? {}).sort()).toEqual([...Object.keys(message), 'LogRevision'].sort());
    expect(Object.keys(its?.Obj ?? {}).sort()).toEqual(Object.keys(message.Obj).sort());
  }
});

test('answers of Skydive have the shapes of the contract', () => {
  for (const { query, status, body } of recorded('queries')) {
    if (status !== 200) continue;
    expect(topologyReplyShape.safeParse(body).success).toBe(true);
    if (query.endsWith('OutE()')) for (const edge of body) expect(edgeShape.safeParse(edge).success).toBe(true);
  }
  for (const { request, body } of recorded('rest') as Call[]) {
    if (/^\/api\/node\//.test(request.path) && body) expect(nodeShape.safeParse(body).success).toBe(true);
  }
});

test('series, sums, slices and next hops come in the shapes they were recorded in', async () => {
  await using server = await testServer();
  const neighbour = { IP: '10.99.0.2', MAC: '02:00:00:00:00:0b', State: ['NUD_REACHABLE'], IfIndex: 3 };
  const route = { Prefix: '10.99.0.0/24', Protocol: 2, NextHops: [{ Priority: 0, IfIndex: 3 }] };
  server.graph.apply(
    [
      {
        kind: 'node',
        id: 'ea',
        metadata: {
          Name: 'ea',
          Type: 'veth',
          IfIndex: 3,
          Neighbors: [neighbour],
          RoutingTables: [{ ID: 254, Routes: [route] }],
        },
      },
      { kind: 'counters', id: 'ea', series: 'Metric', total: { RxBytes: 10, TxBytes: 0 } },
    ],
    { host: 'h', origin: 'agent.h', time: Date.now() - 5000 },
  );
  server.say({ kind: 'counters', id: 'ea', series: 'Metric', total: { RxBytes: 52, TxBytes: 0 } });
  const answer = async (query: string) => JSON.parse((await gremlin(server, query)).text);
  const sample = { RxBytes: 42, Start: expect.any(Number), Last: expect.any(Number) };
  expect(await answer("G.V().Has('Name','ea').Metrics()")).toEqual([{ ea: [sample] }]);
  expect(await answer("G.V().Has('Name','ea').Metrics().Sum()")).toEqual(sample);
  expect(await answer("G.V().Has('Name','ea').Metrics().Aggregates()")).toEqual([{ Aggregated: expect.any(Array) }]);
  expect(await answer("G.V().Has('Name','ea').NextHop('10.99.0.2')")).toEqual([
    { ea: { Priority: 0, IP: '10.99.0.2', MAC: '02:00:00:00:00:0b', IfIndex: 3 } },
  ]);
  expect(await answer("G.V().Has('Name','none').Metrics()")).toEqual([]);
  expect(await answer("G.V().Has('Name','none').NextHop('10.99.0.2')")).toEqual([]);
  expect(await answer("G.V().Has('Name','none').SubGraph()")).toEqual([{ Nodes: [], Edges: [] }]);
  expect(await answer("G.V().Has('Name','none').Values('MTU')")).toEqual([]);
});
