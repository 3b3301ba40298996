/** The network in standard Gremlin, through each door. */
import { expect, test } from '@jest/globals';
import { topologyReplyShape } from '../../src/contract/topology.ts';
import { mistake } from '../../src/std/mistake.ts';
import { flowList, slowly } from '../query/flow-list.ts';
import { readFlows } from '../query/flow-text.ts';
import { ask, edge, gremlin, node, type TestServer, testServer } from './server.ts';
import { TestClient } from './ws-client.ts';

const traffic = readFlows(`
  10.0.0.1:40000 -TCP-> 10.0.0.2:80 @t1 {"TrackingID":"a","Packets":[60,1500],"Metric":{"ABPackets":5,"ABBytes":490},"Link":{"A":"02:01","B":"02:02"}}
  10.0.0.1:40000 -TCP-> 10.0.0.2:80 @t2 {"TrackingID":"a","Start":999,"Packets":[70]}
  10.0.0.1:5353 -UDP-> 10.0.0.2:53 @t1 {"TrackingID":"b","Application":"DNS"}`).flows;

const matchFilter = (expression: string) => {
  if (expression !== 'greater 100') throw mistake('filter.syntax', 'syntax error');
  return ({ length }: { length: number }) => length > 100;
};
const flows = { flows: flowList(traffic), matchFilter };

async function network(more: Parameters<typeof testServer>[0] = {}): Promise<TestServer> {
  const server = await testServer({ flows, ...more });
  server.say(
    node('h1', { Type: 'host' }),
    node('eth0', {
      TID: 't1',
      MAC: '02:01',
      MTU: 1500,
      State: 'UP',
      IPV4: ['10.0.0.1/24', '10.0.1.1/24'],
      RoutingTables,
    }),
    node('eth1', { TID: 't2', MAC: '02:02', MTU: 9000, Sockets: [socket] }),
    node('br0', { Type: 'bridge' }),
    edge('o0', 'h1', 'eth0', 'ownership'),
    edge('o1', 'h1', 'eth1', 'ownership'),
    edge('o2', 'h1', 'br0', 'ownership'),
    edge('l0', 'br0', 'eth0'),
    edge('l1', 'br0', 'eth1'),
  );
  return server;
}

const RoutingTables = [{ ID: 254, Routes: [{ NextHops: [{ IP: '10.0.0.254', IfIndex: 2 }] }] }];
const socket = {
  Protocol: 'TCP',
  LocalAddress: '10.0.0.2',
  LocalPort: 80,
  RemoteAddress: '10.0.0.1',
  RemotePort: 40000,
  Name: 'nginx',
};

/** What `/api/topology` says. */
async function said(server: TestServer, query: string): Promise<unknown> {
  const { status, text } = await gremlin(server, query);
  expect({ query, status, ...(status === 200 ? {} : { text }) }).toEqual({ query, status: 200 });
  const answer: unknown = JSON.parse(text);
  topologyReplyShape.parse(answer);
  return answer;
}

test.each([
  ['G.V()', 'g.V()'],
  ['G.E()', 'g.E()'],
  ["G.V().Has('Type', 'veth')", "g.V().hasLabel('veth')"],
  ["G.V().Has('Name', 'eth0')", "g.V().has('Name', 'eth0')"],
  ["G.V('eth0')", "g.V('eth0')"],
  ["G.V().Has('IPV4', '10.0.1.1/24')", "g.V().has('IPV4', '10.0.1.1/24')"],
  ["G.V().Has('MTU', GT(1500))", "g.V().has('MTU', gt(1500))"],
  ["G.V('br0').Out()", "g.V('br0').out()"],
  ["G.V('br0').Out('Name', 'eth0')", "g.V('br0').out().has('Name', 'eth0')"],
  ["G.V('eth0').In('Type', 'host')", "g.V('eth0').in('ownership')"],
  ["G.V('br0').OutE()", "g.V('br0').outE()"],
  ["G.V().Values('Name')", "g.V().values('Name')"],
  ["G.V().Has('Type', 'veth').Values('MTU')", "g.V().hasLabel('veth').values('MTU')"],
  ['G.V().Limit(2)', 'g.V().limit(2)'],
  ["G.V().Dedup('Type').Values('Type')", "g.V().dedup().by('Type').values('Type')"],
  ['G.Flows()', "g.call('flows')"],
  ["G.Flows().Has('Application', 'DNS')", "g.call('flows', ['Application': 'DNS'])"],
  ["G.V('eth0').Flows()", "g.V('eth0').call('flows')"],
  ["G.V('eth0').Flows('Transport.B', GT(60))", "g.V('eth0').call('flows', ['Transport.B': 'GT(60)'])"],
  ["G.Flows().Sort(DESC, 'Start').Limit(2)", "g.call('flows', [sort: 'Start', order: 'desc', limit: 2])"],
  ["G.Flows().Sort('Transport.A').Range(1, 2)", "g.call('flows', [sort: 'Transport.A', skip: 1, limit: 1])"],
  ["G.Flows().Has('TrackingID', 'a').Hops()", "g.call('hops', ['TrackingID': 'a'])"],
  ["G.Flows('UUID', 'f1').CaptureNode()", "g.call('flows', ['UUID': 'f1']).call('captureNode')"],
  ["G.Flows('UUID', 'f1').Nodes()", "g.call('flows', ['UUID': 'f1']).call('nodes')"],
  ["G.Flows('UUID', 'f1').In()", "g.call('flows', ['UUID': 'f1']).call('nodes', [end: 'A'])"],
  ["G.V('br0').Neighbors('RelationType', 'layer2')", "g.V('br0').call('neighbors', [edges: [RelationType: 'layer2']])"],
  ["G.V('h1').Descendants(2)", "g.V('h1').call('descendants', [depth: 2])"],
  ["G.V('eth0').Ascendants()", "g.V('eth0').call('ascendants')"],
  [
    "G.V('eth0').ShortestPathTo(Metadata('Name', 'eth1'), Metadata('RelationType', 'layer2'))",
    "g.V('eth0').call('shortestPath', [to: [Name: 'eth1'], edges: [RelationType: 'layer2']])",
  ],
  ["G.Flows('TrackingID', 'a').RawPackets()", "g.call('flows', [TrackingID: 'a']).call('rawPackets')"],
  [
    "G.Flows('UUID', 'f1').RawPackets().BPF('greater 100')",
    "g.call('flows', [UUID: 'f1']).call('rawPackets', [filter: 'greater 100'])",
  ],
  ["G.At('now').V('eth0')", "g.with('at', 'now').V('eth0')"],
])('%s and %s give the same', async (skydive, standard) => {
  await using server = await network({ indexed: ['Name', 'Type', 'TID'] });
  const expected = await said(server, skydive);
  expect(expected).not.toEqual([]);
  expect(await said(server, standard)).toEqual(expected);
  await using waiting = await network({ flows: { ...flows, flows: slowly(flows.flows) } });
  expect(withoutTimes(await said(waiting, standard))).toEqual(withoutTimes(expected));
});

/** Two servers, two beginnings. */
function withoutTimes(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer, (key, value) => (/^(Created|Updated)At$/.test(key) ? undefined : value)));
}

test('services that have shapes of their own tell what their steps do', async () => {
  await using server = await network();
  const one = async (query: string) => said(server, query);
  expect(await one("g.V('eth0').call('nextHop', [ip: '192.0.2.1'])")).toEqual([
    { Priority: 0, IP: '10.0.0.254', IfIndex: 2 },
  ]);
  expect(await one("g.call('flows', [UUID: 'f1']).call('sockets')")).toEqual([socket]);
  expect(await one("g.V('eth1').call('sockets').select('Name')")).toEqual(['nginx']);
  expect(await one("g.call('flows', [UUID: 'f1']).call('rawPackets').select('Index')")).toEqual([0, 1]);
  expect(await one("g.call('flows', [UUID: 'f1']).call('metrics').select('ABBytes')")).toEqual([490]);
  expect(await one("g.call('hops', [TrackingID: 'a', counters: true]).select('ABBytes')")).toHaveLength(2);
  expect(await one("g.call('flows', [TrackingID: 'a', limit: 1]).call('hops').values('Name')")).toEqual([
    'eth1',
    'eth0',
  ]);
  expect(await one("g.call('flows').fold().call('hops').count()")).toEqual([2]);
  expect(await one("g.call('flows').select('Metric').select('ABBytes').sum()")).toEqual([490]);
});

test('a wrong parameter is refused with what was probably meant', async () => {
  await using server = await network();
  const refused = async (query: string) => {
    const { status, text } = await gremlin(server, query);
    expect({ query, status }).toEqual({ query, status: 400 });
    return text;
  };
  expect(await refused("g.call('flows', ['Transport.C': 80])")).toMatch(
    /no parameter named "Transport.C".*Transport\.[AB]/s,
  );
  expect(await refused("g.V().call('neighbors', [deepth: 2])")).toMatch(/depth/);
  expect(await refused("g.V().call('nextHop')")).toMatch(/ip is needed/);
  expect(await refused("g.V().call('nextHop', [ip: 'nowhere'])")).toMatch(/no address: "nowhere"/);
  expect(await refused("g.call('flows', [limit: -1])")).toMatch(/whole number/);
  expect(await refused("g.call('flows').call('rawPackets', [filter: 'tcp prot 80'])")).toMatch(/syntax error/);
  expect(await refused("g.V().call('hops')")).toMatch(/takes flows/);
  expect(await refused("g.call('flows').call('neighbors')")).toMatch(/takes vertices/);
  expect(await refused("g.with('at', 'someday').V()")).toMatch(/no moment/);
});

test('the past is asked with a setting of the source, and versions with a service', async () => {
  await using server = await network();
  const before = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 5));
  server.say({ kind: 'set', id: 'eth0', set: { MTU: 1400 } });
  expect(await said(server, `g.with('at', ${before}).V('eth0').values('MTU')`)).toEqual([1500]);
  expect(await said(server, "g.V('eth0').values('MTU')")).toEqual([1400]);
  expect(await said(server, "g.V('eth0').call('history').values('MTU')")).toEqual([1500, 1400]);
  expect(await said(server, `g.with('between', [${before}, 'now']).V('eth0').values('MTU')`)).toEqual([1500, 1400]);
  expect(await said(server, `g.call('diff', [from: ${before}]).select('keys')`)).toEqual([
    [{ key: 'MTU', before: 1500, after: 1400 }],
  ]);
  expect(await said(server, `g.V('eth1').call('diff', [from: ${before}])`)).toEqual([]);
});

test('users add, change and drop what is theirs, and what a probe describes stays', async () => {
  await using server = await network();
  const make =
    "g.addV('rack').property('Name', 'r1').property('Place.Row', 3).as('r').V('eth0').addE('stands').from('r').property('since', 2020)";
  expect(await said(server, make)).toMatchObject([
    { Metadata: { RelationType: 'stands', since: 2020 }, Child: 'eth0' },
  ]);
  const [rack] = (await said(server, "g.V().hasLabel('rack')")) as [{ ID: string }];
  expect(rack).toMatchObject({
    Metadata: { Type: 'rack', Name: 'r1', Place: { Row: 3 } },
    Host: 'test-host',
    Origin: 'api.test-host',
  });
  expect(JSON.parse((await ask(server, `/api/node/${rack.ID}`)).text)).toEqual(rack);
  expect(await said(server, "g.V().hasLabel('rack').out('stands').values('Name')")).toEqual(['eth0']);
  const changed =
    "g.V().hasLabel('rack').property('Place.Row', 4).property(list, 'Tags', 'a').property(list, 'Tags', 'b')";
  await said(server, changed);
  expect(await said(server, "g.V().hasLabel('rack').values('Place.Row', 'Tags')")).toEqual([4, 'a', 'b']);
  await said(server, "g.V().hasLabel('rack').properties('Tags').hasValue('a').drop()");
  await said(server, "g.V().hasLabel('rack').properties('Place.Row').drop()");
  expect(await said(server, "g.V().hasLabel('rack').valueMap()")).toEqual([
    { Type: ['rack'], Name: ['r1'], Tags: ['b'] },
  ]);

  const refused = async (query: string) => (await gremlin(server, query)).text;
  expect(await refused("g.V('eth0').property('MTU', 9000)")).toMatch(/this vertex \(eth0\) is described by a probe/);
  expect(await refused("g.V('eth0').drop()")).toMatch(/described by a probe/);
  expect(await refused('g.E().drop()')).toMatch(/described by a probe/);
  expect(await refused("g.V().hasLabel('rack').property('Name', 'r2')")).toMatch(/Name says what this vertex is/);
  expect(await refused("g.V().hasLabel('rack').properties('Name').drop()")).toMatch(/Name is required/);
  expect(await refused("g.addV('rack').property('Name', 'r2').property(id, 'eth0')")).toMatch(/already exists: eth0/);
  const then = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await refused(`g.with('at', ${then}).addV('rack').property('Name', 'r2')`)).toMatch(/past cannot be changed/);
  expect(server.graph.nodes.alive.size).toBe(5);

  await said(server, "g.V().hasLabel('rack').drop()");
  expect(server.graph.nodes.alive.size).toBe(4);
  expect(server.graph.edges.alive.size).toBe(5);
});

test('a vertex that is added without a name goes by its id, until it gets one', async () => {
  await using server = await network();
  expect(await said(server, "g.addV('rack').property(id, 'rack-1').values('Name')")).toEqual(['rack-1']);
  const [made] = (await said(server, "g.addV('rack').as('a').addV('row').addE('holds').from('a').outV()")) as [
    { ID: string; Metadata: { Name: string } },
  ];
  expect(made.Metadata.Name).toBe(made.ID);
  expect(await said(server, "g.V('rack-1').property('Name', 'r1').values('Name')")).toEqual(['r1']);
  const again = (await gremlin(server, "g.V('rack-1').property('Name', 'r2')")).text;
  expect(again).toMatch(/Name says what this vertex is/);
  expect((await gremlin(server, "g.addV('rack').property('Name', '')")).text).toMatch(/Name is required/);
});

test('a change is acknowledged when it is kept', async () => {
  const done: string[] = [];
  await using server = await network({
    archive: {
      flushed: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        done.push('kept');
      },
    },
  });
  await said(server, "g.addV('rack').property('Name', 'r1')");
  done.push('answered');
  expect(done).toEqual(['kept', 'answered']);
});

test('what is asked again and again is asked with G', async () => {
  await using server = await network();
  await using client = await TestClient.open(server, 'subscriber', { 'X-Gremlin-Filter': 'g.V()' });
  const { Status, Obj } = await client.until(({ Status }) => Status !== 200);
  expect([Status, JSON.stringify(Obj)]).toEqual([400, expect.stringContaining('is asked with G')]);
});

test('a source that is none is refused by name', async () => {
  await using server = await network();
  const { status, text } = await ask(server, '/api/query', { method: 'POST', body: { query: 'h.V()' } });
  expect([status, text]).toEqual([400, expect.stringContaining('no traversal source named h')]);
});

test('while the archive does not keep up nothing is changed', async () => {
  await using server = await network({ archive: { isFull: () => true } });
  const { status, text } = await gremlin(server, "g.addV('rack').property('Name', 'r1')");
  expect([status, text]).toEqual([400, expect.stringContaining('does not keep up')]);
  expect(server.graph.nodes.alive.size).toBe(4);
});

test('answers about flows tell what was lost in both spellings', async () => {
  const lost = {
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
  } as const;
  await using server = await network({ flows: { flows: flowList(traffic, { loss: [lost] }) } });
  const header = async (query: string) => (await gremlin(server, query)).headers['x-skein-loss'];
  expect(await header("g.call('flows').count()")).toBe(await header('G.Flows().Count()'));
  expect(await header("g.call('flows').count()")).toMatch(/packets=7/);
  expect(await header('g.V().count()')).toBeUndefined();
});

test('packets leave as a file of packets', async () => {
  await using server = await network();
  const file = (query: string) =>
    ask(server, '/api/topology', {
      method: 'POST',
      body: { GremlinQuery: query },
      headers: { Accept: 'application/vnd.tcpdump.pcap' },
    });
  const standard = await file("g.call('flows', [UUID: 'f1']).call('rawPackets')");
  expect(standard.status).toBe(200);
  expect(standard.text).toEqual((await file("G.Flows('UUID', 'f1').RawPackets()")).text);
  expect((await file('g.V()')).status).toBe(406);
});

test('a subgraph is drawn as DOT like one of the other spelling', async () => {
  await using server = await network();
  const drawn = async (query: string) => {
    const answer = await ask(server, '/api/topology', {
      method: 'POST',
      body: { GremlinQuery: query },
      headers: { Accept: 'text/vnd.graphviz' },
    });
    return [answer.status, answer.text.split('\n').sort()];
  };
  const standard = await drawn("g.E().hasLabel('layer2').subgraph('s').cap('s')");
  expect(standard).toEqual([200, expect.arrayContaining(['digraph g {'])]);
  expect((await drawn('g.V().count()'))[0]).toBe(406);
});

test('drivers ask at /gremlin in both spellings, and a plain GET changes nothing', async () => {
  await using server = await network();
  const asked = async (query: string, method: 'GET' | 'POST') => {
    const path = method === 'GET' ? `/gremlin?gremlin=${encodeURIComponent(query)}` : '/gremlin';
    const headers = { Accept: 'application/vnd.gremlin-v3.0+json;types=false' };
    const { status, text } = await ask(server, path, {
      method,
      headers,
      ...(method === 'POST' && { body: { gremlin: query } }),
    });
    const answer = JSON.parse(text);
    return status === 200 ? answer.result.data : answer.message;
  };
  expect(await asked("g.V().hasLabel('host').values('Name')", 'GET')).toEqual(['h1']);
  expect(await asked("G.V().Has('Type', 'host').Values('Name')", 'POST')).toEqual(['h1']);
  expect(await asked("g.addV('rack').property('Name', 'r1').values('Name')", 'GET')).toMatch(
    /a GET request changes nothing/,
  );
  expect(await asked("g.addV('rack').property('Name', 'r1').values('Name')", 'POST')).toEqual(['r1']);
  expect(await asked('g.V().hasLabel("rack").valueMap()', 'POST')).toEqual([{ Type: ['rack'], Name: ['r1'] }]);
});

test('each kind of answer in the other spelling has a shape for drivers', async () => {
  await using server = await network();
  const asked = async (query: string) => {
    const headers = { Accept: 'application/vnd.gremlin-v3.0+json;types=false' };
    const { text } = await ask(server, '/gremlin', { method: 'POST', headers, body: { gremlin: query } });
    return JSON.parse(text).result?.data ?? text;
  };
  expect(await asked("G.V('eth0').NextHop('192.0.2.1')")).toEqual([
    { eth0: { Priority: 0, IP: '10.0.0.254', IfIndex: 2 } },
  ]);
  expect(await asked('G.Flows().Group().MoreThan(1)')).toMatchObject([{ a: [{ UUID: 'f2' }, { UUID: 'f1' }] }]);
  expect(await asked("G.Flows('UUID', 'f1').Metrics()")).toMatchObject([{ f1: [{ ABBytes: 490 }] }]);
  expect(await asked('G.Flows().Metrics().Sum()')).toMatchObject([{ ABBytes: 490 }]);
  expect(await asked("G.Flows('UUID', 'f1').RawPackets()")).toMatchObject([{ f1: [{ Index: 0 }, { Index: 1 }] }]);
  expect(await asked("G.V('eth1').Sockets()")).toEqual([{ eth1: [socket] }]);
  expect(await asked("G.Diff('-0s', 'now')")).toEqual([]);
  expect(await asked('G.V().Explain()')).toMatchObject([{ query: 'G.V().Explain()' }]);
  expect(await asked("G.V('eth0').ShortestPathTo(Metadata('Name', 'br0'))")).toMatchObject([
    { objects: [{ id: 'eth0' }, { id: 'br0' }] },
  ]);
});

test('what is there is found again by merge, and what is not is made', async () => {
  await using server = await network();
  const merge =
    "g.mergeV([(T.label): 'rack', Name: 'r1']).option(onCreate, [Row: 1]).option(onMatch, [Row: 2]).values('Row')";
  expect(await said(server, merge)).toEqual([1]);
  expect(await said(server, merge)).toEqual([2]);
  const edge =
    "g.V().has('Name', 'r1').as('r').V('eth0').as('e').mergeE([(T.label): 'holds', (Direction.from): Merge.outV, (Direction.to): Merge.inV]).option(Merge.outV, select('r')).option(Merge.inV, select('e')).label()";
  expect(await said(server, edge)).toEqual(['holds']);
  expect(await said(server, edge)).toEqual(['holds']);
  expect(await said(server, "g.V().has('Name', 'r1').outE('holds').count()")).toEqual([1]);
});

test('edges between the same two may be several, each with an id', async () => {
  await using server = await network();
  const add = "g.V('eth0').addE('cable').to(V('eth1')).property('color', 'red').id()";
  const [[first], [second]] = [await said(server, add), await said(server, add)] as [string[], string[]];
  expect(first).not.toBe(second);
  expect(await said(server, `g.E('${second}').property('color', 'blue').values('color')`)).toEqual(['blue']);
  expect(await said(server, "g.V('eth0').outE('cable').values('color')")).toEqual(['red', 'blue']);
  expect(await said(server, `g.E('${first}').properties('color').drop()`)).toEqual([]);
  expect(await said(server, "g.V('eth0').outE('cable').valueMap()")).toEqual([
    { RelationType: 'cable' },
    { RelationType: 'cable', color: 'blue' },
  ]);
  await said(server, "g.V('eth0').outE('cable').drop()");
  expect(await said(server, "g.V('eth0').outE('cable')")).toEqual([]);
});

test('values of properties are what JSON can say, and keys what can be read again', async () => {
  await using server = await network();
  await said(
    server,
    "g.addV('rack').property('Name', 'r1').property('a', 1L).property('b', 1.5).property('c', [1, [x: 2]]).property('d', true)",
  );
  const one = async (query: string) => said(server, `g.V().hasLabel('rack')${query}`);
  expect(await one(".values('a', 'b', 'd')")).toEqual([1, 1.5, true]);
  expect(await said(server, "G.V().Has('Type', 'rack').Values('c')")).toEqual([[1, { x: 2 }]]);
  await one(".property(set, 'tags', 'x').property(set, 'tags', 'x').property(set, 'tags', 'y')");
  expect(await one(".values('tags')")).toEqual(['x', 'y']);
  await one(".property('tags', 'z').property('b', null)");
  expect(await one(".values('tags', 'b')")).toEqual(['z']);
  await one(
    ".property('at', datetime('2026-01-31T12:00:00Z')).property('id2', UUID('f47af10b-58cc-4372-a567-0f02b2f3d479'))",
  );
  expect(await one(".values('at', 'id2')")).toEqual(['2026-01-31T12:00:00Z', 'f47af10b-58cc-4372-a567-0f02b2f3d479']);
  const refused = async (query: string) => (await gremlin(server, `g.V().hasLabel('rack')${query}`)).text;
  expect(await refused(".property('@CreatedAt', 1)")).toMatch(/kept by the graph itself/);
  expect(await refused(".property('a..b', 1)")).toMatch(/no key of metadata/);
  expect(await refused(".property('__proto__.x', 1)")).toMatch(/no key of metadata/);
  expect(await refused(".property('', 1)")).toMatch(/empty/);
  expect(await refused(".property('x', 1, 'meta', 2)")).toMatch(/no properties of their own/);
  expect(await refused(".as('r').property('x', select('r'))")).toMatch(/no value of a property/);
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test('a key that nobody has is warned of in both spellings', async () => {
  await using server = await network();
  const warned = async (query: string) => {
    const { text } = await ask(server, '/api/query', { method: 'POST', body: { query } });
    return JSON.parse(text).warnings.map(({ code, message, hint }: Record<string, string>) => [code, message, hint]);
  };
  const expected = await warned("G.V().Has('Naem', 'eth0')");
  expect(expected).toEqual([['query.unknown-key', 'no key named "Naem" is known', 'did you mean Name?']]);
  expect(await warned("g.V().has('Naem', 'eth0')")).toEqual(expected);
  expect(await warned("g.V().where(out().has('veth', 'Naem', 'eth0'))")).toEqual(expected);
  expect(await warned("g.V().has('Name', 'eth0').values('Metric.RxBytes', '@CreatedAt')")).toEqual([]);
  expect(await warned("g.V().has('Row', 1).hasNot('Name').property('Row', 2)")).toEqual([]);
});

test('an answer that is too large is refused, and may be counted', async () => {
  await using server = await network();
  const many = 'g.V().both().both().both().both().both().both().both().both()';
  const { status, text } = await gremlin(server, many);
  expect([status, text.slice(0, 200)]).toEqual([expect.any(Number), expect.stringContaining('limit results')]);
  expect(status).toBeGreaterThanOrEqual(400);
  expect((await gremlin(server, `${many}.count()`)).status).toBe(200);
});
