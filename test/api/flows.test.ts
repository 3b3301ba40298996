/** Answers about flows on the wire: Skydive's shapes, ours, and packets as a file. */
import { request } from 'node:http';
import { expect, test } from '@jest/globals';
import { queryReplyShape } from '../../src/contract/query.ts';
import { topologyReplyShape } from '../../src/contract/topology.ts';
import type { Loss } from '../../src/flow/loss.ts';
import { flowList, slowly } from '../query/flow-list.ts';
import { readFlows } from '../query/flow-text.ts';
import { ask, gremlin, node, type TestServer, testServer } from './server.ts';

const traffic = readFlows(`
  10.0.0.1:40000 -TCP-> 10.0.0.2:80 @t1 {"TrackingID":"a","Packets":[60,1500],"Metric":{"ABPackets":5,"ABBytes":490,"RTT":35000},"Link":{"A":"02:01","B":"02:02"}}
  10.0.0.1:40000 -TCP-> 10.0.0.2:80 @t2 {"TrackingID":"a","Start":999,"Packets":[70]}
  10.0.0.1:5353 -UDP-> 10.0.0.2:53 @t1 {"TrackingID":"b"}`).flows;

const loss: Loss = {
  node: 't1',
  capture: 'c1',
  host: 'h1',
  stage: 'ring-buffer',
  reason: 'ring buffer full',
  packets: 7,
  bytes: 700,
  flows: 1,
  from: 500,
  to: 600,
};

const serverWith = (options: { loss?: Loss[] } = {}) =>
  testServer({ flows: { flows: flowList(traffic, options), matchFilter: () => () => true } });

const ours = async (server: TestServer, query: string) => {
  const { status, text } = await ask(server, '/api/query', { method: 'POST', body: { query } });
  expect({ query, status }).toEqual({ query, status: 200 });
  return queryReplyShape.parse(JSON.parse(text));
};

test('flows and what comes of them have the shapes of Skydive', async () => {
  await using server = await serverWith();
  server.say(node('eth0', { TID: 't1', Sockets: [socket] }));
  const said = async (query: string) => {
    const { status, text } = await gremlin(server, query);
    expect({ query, status }).toEqual({ query, status: 200 });
    return topologyReplyShape.parse(JSON.parse(text));
  };
  const [first, second, third] = traffic.map(({ flow }) => flow);
  expect(await said('G.Flows()')).toEqual([second, first, third]);
  expect(await said("G.Flows().Has('Application', 'none')")).toEqual([]);
  expect(await said('G.Flows().Group().MoreThan(1)')).toEqual([{ a: [second, first] }]);
  expect(await said('G.Flows().Group().MoreThan(5)')).toEqual([]);
  expect(await said("G.Flows('UUID', 'f1').Metrics()")).toEqual([
    { f1: [{ ABPackets: 5, ABBytes: 490, BAPackets: 0, BABytes: 0, RTT: 35000, Start: 1000, Last: 2000 }] },
  ]);
  expect(await said('G.Flows().Metrics().Sum()')).toEqual({
    ABPackets: 5,
    ABBytes: 490,
    BAPackets: 0,
    BABytes: 0,
    Start: 999,
    Last: 2000,
  });
  expect(await said("G.Flows('UUID', 'none').Metrics()")).toEqual([]);
  expect(await said("G.Flows('UUID', 'f3').Metrics().Aggregates()")).toEqual([{ Aggregated: [] }]);
  expect(await said("G.Flows('UUID', 'f2').RawPackets()")).toEqual([
    { f2: [{ Timestamp: 999, Index: 0, Data: Buffer.alloc(64, 1).toString('base64'), LinkType: 1 }] },
  ]);
  expect(await said("G.Flows('UUID', 'f3').RawPackets()")).toEqual([]);
  expect(await said("G.Flows('UUID', 'f1').Sockets()")).toEqual([{ f1: [socket] }]);
  expect(await said('G.V().Sockets()')).toEqual([{ eth0: [socket] }]);
  expect(await said("G.Flows('UUID', 'f3').Sockets()")).toEqual([]);
});

const socket = {
  Protocol: 'TCP',
  LocalAddress: '10.0.0.2',
  LocalPort: 80,
  RemoteAddress: '10.0.0.1',
  RemotePort: 40000,
  Name: 'nginx',
};

test('our own door says what the answer is', async () => {
  await using server = await serverWith();
  server.say(node('eth0', { TID: 't1', Sockets: [socket] }));
  expect(await ours(server, 'G.Flows()')).toMatchObject({ kind: 'flows', flows: [{ UUID: 'f2' }, { UUID: 'f1' }, {}] });
  expect(await ours(server, 'G.Flows().Group()')).toMatchObject({ kind: 'flowgroups', flowGroups: { a: [{}, {}] } });
  expect(await ours(server, 'G.Flows().RawPackets()')).toMatchObject({ kind: 'packets', packets: { f1: [{}, {}] } });
  expect(await ours(server, 'G.Flows().Sockets()')).toMatchObject({ kind: 'sockets', sockets: { f1: [socket] } });
  expect(await ours(server, "G.Flows('UUID', 'x').Sockets()")).toMatchObject({ kind: 'sockets', sockets: {} });
});

test('what was lost is told by both doors, and nothing when nothing was', async () => {
  {
    await using server = await serverWith({ loss: [loss, { ...loss, stage: 'queue', packets: 3, to: 700 }] });
    expect(await ours(server, 'G.Flows().Count()')).toMatchObject({ value: 3, loss: [loss, { stage: 'queue' }] });
    expect((await gremlin(server, 'G.Flows()')).headers['x-skein-loss']).toBe(
      'packets=10; bytes=1400; flows=2; from=500; to=700; stages="ring-buffer queue"',
    );
    expect((await gremlin(server, 'G.V()')).headers['x-skein-loss']).toBeUndefined();
    expect(await ours(server, 'G.V()')).not.toHaveProperty('loss');
  }
  await using server = await serverWith();
  expect(await ours(server, 'G.Flows()')).not.toHaveProperty('loss');
  expect((await gremlin(server, 'G.Flows()')).headers['x-skein-loss']).toBeUndefined();
});

test('a server that captures nothing says so', async () => {
  await using server = await testServer();
  expect(await gremlin(server, 'G.Flows()')).toMatchObject({
    status: 400,
    text: expect.stringContaining('no flow capture here'),
  });
});

/** Bytes, not text. */
function file(server: TestServer, query: string): Promise<{ status: number; type: string; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { Accept: 'application/vnd.tcpdump.pcap' };
    const options = { host: '127.0.0.1', port: server.port, path: '/api/topology', method: 'POST', headers };
    const sent = request({ ...options, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ GremlinQuery: query }));
  });
}

test('packets leave as a pcap file, in order of time', async () => {
  await using server = await serverWith();
  const { status, type, body } = await file(server, 'G.Flows().RawPackets()');
  expect({ status, type }).toEqual({ status: 200, type: 'application/vnd.tcpdump.pcap' });
  expect(body.subarray(0, 24).toString('hex')).toBe('d4c3b2a1020004000000000000000000'.concat('0000040001000000'));
  const packets: object[] = [];
  for (let at = 24; at < body.length; at += 16 + body.readUInt32LE(at + 8)) {
    const [seconds, us, captured, length] = [0, 4, 8, 12].map((field) => body.readUInt32LE(at + field));
    packets.push({ seconds, us, captured, length, byte: body[at + 16] });
  }
  expect(packets).toEqual([
    { seconds: 0, us: 999_250, captured: 64, length: 70, byte: 1 },
    { seconds: 1, us: 250, captured: 60, length: 60, byte: 1 },
    { seconds: 1, us: 1250, captured: 64, length: 1500, byte: 2 },
  ]);
});

test('a file of no packets is a file, and what is no packets is none', async () => {
  await using server = await serverWith();
  expect((await file(server, "G.Flows('UUID', 'f3').RawPackets()")).body).toHaveLength(24);
  const refused = await file(server, 'G.Flows()');
  expect({ ...refused, body: String(refused.body) }).toMatchObject({
    status: 406,
    body: 'Only RawPackets step result can be outputted as pcap\n',
  });
});

test('packets of several link types do not fit one file', async () => {
  const [fact] = traffic as [(typeof traffic)[0]];
  const raw = {
    ...fact,
    flow: { ...fact.flow, UUID: 'raw' },
    packets: fact.packets.map((one) => ({ ...one, linkType: 101 })),
  };
  await using server = await testServer({ flows: { flows: flowList([fact, raw]) } });
  const refused = await file(server, 'G.Flows().RawPackets()');
  expect({ ...refused, body: String(refused.body) }).toMatchObject({
    status: 406,
    body: expect.stringContaining('1, 101'),
  });
});

test('many packets leave in pieces, all of them and in order', async () => {
  const [fact] = traffic as [(typeof traffic)[0]];
  const many = Array.from({ length: 3000 }, (_, index) => ({
    ...fact,
    flow: { ...fact.flow, UUID: `f${index}` },
    packets: [0, 1].map((at) => ({
      ...(fact.packets[0] as (typeof fact.packets)[0]),
      timestampMs: ((index * 7919) % 3000) + at * 3000,
      index: at,
    })),
  }));
  await using server = await testServer({ flows: { flows: slowly(flowList(many)) } });
  const { body } = await file(server, 'G.Flows().RawPackets()');
  expect(body).toHaveLength(24 + 6000 * (16 + 60));
  for (let at = 24, ms = 0; at < body.length; at += 76, ms++) {
    const found = body.readUInt32LE(at) * 1000 + body.readUInt32LE(at + 4) / 1000;
    if (found !== ms) throw new Error(`packet ${ms} is of ${found} ms`);
  }
});
