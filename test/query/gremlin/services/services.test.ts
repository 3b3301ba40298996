import { networkServices } from '../../../../src/query/gremlin/services/index.ts';
import { GMap } from '../../../../src/query/gremlin/value/collections.ts';
import { long } from '../../../../src/query/gremlin/value/num.ts';
import { Predicate } from '../../../../src/query/gremlin/value/predicate.ts';
import { ask } from '../asked.ts';
import { world } from './network.ts';

const text = `
  host:h1 -ownership-> device:eth0 {"TID":"t0","MAC":"02:0a","IPV4":["10.0.0.1/24"],"MTU":1500}
  host:h1 -ownership-> device:eth1 {"TID":"t1","MAC":"02:0b"}
  device:eth0 -layer2-> device:eth1
  10.0.0.1:40000 -TCP-> 10.0.0.2:80 @t1 {"Start":1002,"TrackingID":"a","Packets":[60],"Link":{"A":"02:0a","B":"02:ff"},"Metric":{"ABPackets":2,"ABBytes":200}}
  10.0.0.1:40000 -TCP-> 10.0.0.2:80 @t0 {"Start":1001,"TrackingID":"a","Metric":{"ABPackets":3,"ABBytes":300}}
  10.0.0.1:5353 -UDP-> 10.0.0.53:53 @t0 {"Start":900,"TrackingID":"b","Application":"DNS","Metric":{"ABPackets":1,"ABBytes":74}}`;

const still = world(text);
const waiting = world(text, { isSlow: true });

test.each<[string, string[]]>([
  ["g.call('flows').select('UUID')", ['f3', 'f2', 'f1']],
  ["g.call('flows', ['Application': 'DNS']).select('UUID')", ['f3']],
  ["g.call('flows').with('Application', 'DNS').select('UUID')", ['f3']],
  ["g.call('flows', ['TCP.B': 80]).count()", ['2']],
  ["g.call('flows', ['Network': '10.0.0.53']).count()", ['1']],
  ["g.call('flows', ['Transport.B': [53, 80]]).count()", ['3']],
  ["g.call('flows', ['Metric.ABBytes': 'BETWEEN(100, 250)']).select('UUID')", ['f1']],
  ["g.call('flows', ['Network.B': 'ipv4range(\"10.0.0.0/27\")']).count()", ['2']],
  ["g.call('flows', ['Metric.RTT': null]).count()", ['3']],
  ["g.call('flows', [sort: 'Metric.ABBytes', order: 'desc', skip: 1, limit: 1]).select('UUID')", ['f1']],
  ["g.call('flows', [sort: 'Transport.A', limit: 1]).select('UUID')", ['f3']],
  ["g.call('flows', [order: 'desc', limit: 0]).count()", ['0']],
  ["g.V().has('Name', 'eth1').call('flows').select('UUID')", ['f1']],
  ["g.V().hasLabel('host').call('flows').count()", ['0']],
  [
    "g.V().as('at').call('flows', ['TrackingID': 'a']).as('flow').select('at', 'flow').by('Name').by('UUID')",
    ['{at=eth0, flow=f2}', '{at=eth1, flow=f1}'],
  ],
  ["g.call('flows', [UUID: 'f1']).call('hops')", ['device:eth0', 'device:eth1']],
  ["g.call('flows').fold().call('hops')", ['device:eth0', 'device:eth1']],
  ["g.call('flows', [UUID: 'f1']).call('hops', [counters: true]).select('ABBytes')", ['300', '200']],
  ["g.call('flows', [UUID: 'f1']).call('captureNode')", ['device:eth1']],
  ["g.call('flows', [UUID: 'f1']).call('nodes')", ['device:eth1', 'device:eth0']],
  ["g.call('flows', [UUID: 'f1']).call('nodes', [end: 'A'])", ['device:eth0']],
  ["g.call('flows', [UUID: 'f1']).call('nodes', [end: 'B'])", []],
  ["g.call('flows', [UUID: 'f1']).call('metrics').select('ABPackets')", ['2']],
  ["g.call('flows', [UUID: 'f1']).call('metrics', [series: 'Metric']).select('ABPackets')", ['2']],
  ["g.call('flows', [TrackingID: 'a']).call('rawPackets').select('Index')", ['0']],
  ["g.V().has('Name', 'eth0').call('metrics')", []],
  ["g.V().hasLabel('host').call('neighbors')", ['host:h1', 'device:eth0', 'device:eth1']],
  ["g.V().has('Name', 'eth0').call('neighbors', [edges: [RelationType: 'layer2']])", ['device:eth0', 'device:eth1']],
  ["g.V().has('Name', 'eth0').call('ascendants', [depth: 0])", ['device:eth0', 'host:h1']],
  [
    "g.V().has('Name', 'eth0').call('descendants', [edges: [RelationType: ['layer2', 'other']]])",
    ['device:eth0', 'device:eth1'],
  ],
  ["g.V().hasLabel('host').call('shortestPath', [to: [Name: 'eth1']])", ['path[v[host:h1], v[device:eth1]]']],
  ["g.V().hasLabel('host').call('shortestPath', [to: [Name: 'eth1'], edges: [RelationType: 'layer2']])", []],
  ["g.V().has('Name', 'eth0').call('history').values('@Revision')", ['1']],
  ["g.call('diff', [from: 'now']).count()", ['0']],
])('%s gives %j, whether the flows come at once or have to be waited for', async (query, gives) => {
  expect(await still.ask(query)).toEqual(gives);
  expect(await waiting.ask(query)).toEqual(gives);
});

test('a predicate of a driver is as good as a text', async () => {
  const wanted = new GMap([['Metric.ABBytes', new Predicate('gt', [100])]]);
  const found = await ask("g.call('flows', wanted).count()", still.source, { bindings: { wanted } });
  expect(found).toEqual([long(2)]);
});

test.each<[string, RegExp]>([
  ["g.call('flows', [Aplication: 'DNS'])", /no parameter named "Aplication"/],
  ["g.call('flows', [sort: 'Size'])", /sort is no field of a flow: "Size"/],
  ["g.call('flows', [order: 'up'])", /order is 'asc' or 'desc'/],
  ["g.call('flows', ['Metric.ABBytes': 'GT(many)'])", /many/],
  ["g.call('flows', [limit: 1.5])", /whole number/],
  ["g.V().call('captureNode')", /takes flows, as call\('flows'\) gives them/],
  ["g.inject([1, 2]).call('hops')", /takes flows/],
  ["g.inject(1).call('flows')", /takes vertices/],
  ["g.V().call('metrics', [series: 'Weather'])", /none named "Weather"/],
  ["g.V().call('shortestPath')", /to is needed/],
  ["g.V().call('shortestPath', [to: 'eth0'])", /to is a map/],
  ["g.V().call('neighbors', [depth: -1])", /depth is a whole number/],
  ["g.call('flows', [UUID: 'f1']).call('nodes', [end: 'C'])", /'A' or 'B'/],
  ["g.call('diff')", /from is needed/],
  ["g.call('diff', [from: 'someday'])", /no moment/],
  ["g.call('diff', [from: 'now', to: '-1h'])", /is after/],
  ["g.call('history')", /cannot start a traversal/],
  ["g.call('flws')", /Unrecognized service/],
])('%s is refused', async (query, why) => {
  await expect(still.ask(query)).rejects.toThrow(why);
});

test('without captures there are no flows, and that is said', async () => {
  const { flows: _, ...source } = still.source;
  await expect(ask("g.call('flows')", source)).rejects.toThrow(/no flow capture here/);
});

test('call alone lists every service with what it takes', async () => {
  const listed = (await still.ask('g.call()')).join('\n');
  for (const { name, parameters } of networkServices) {
    expect(listed).toContain(name);
    for (const parameter of Object.keys(parameters)) expect(listed).toContain(parameter);
  }
});
