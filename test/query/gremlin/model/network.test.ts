import { readGraph } from '../../../../src/graph/text.ts';
import { networkModel as model } from '../../../../src/query/gremlin/model/network.ts';
import { Several } from '../../../../src/query/gremlin/property-graph.ts';
import { GMap } from '../../../../src/query/gremlin/value/collections.ts';
import { double, long } from '../../../../src/query/gremlin/value/num.ts';

const graph = readGraph(`
  host:h1 -ownership{"Weights":[1,2],"State":"UP"}-> device:eth0
  device:eth0 {"MTU":1500,"Since":1700000000000,"Neutron":{"PortID":"p","Net":{"Tags":[]}},"a.b":2,"IPV4":["10.0.0.1/8","10.0.0.2/8"],"Neighbors":[{"IP":"1"},{"IP":"2"}],"None":null}
`);
graph.apply([{ kind: 'counters', id: 'device:eth0', series: 'Metric', total: { RxBytes: 7 } }], {
  host: 'h1',
  origin: 'test',
  time: 2000,
});
const view = graph.now();
const [edge] = view.edges();
const eth0 = model.node('device:eth0', view);
if (!edge || !eth0) throw new Error('no graph');

test('labels are types and relations, ids those of the graph', () => {
  expect([model.label(eth0), model.id(eth0), model.label(edge)]).toEqual(['device', 'device:eth0', 'ownership']);
  expect(model.edge(edge.id, view)).toBe(edge);
  expect(model.node('device:eth1', view)).toBeUndefined();
});

test('metadata are properties: dots for what is nested, several values for lists', () => {
  expect([...model.keys(eth0, view)]).toEqual([
    'Type',
    'Name',
    'MTU',
    'Since',
    'Neutron.PortID',
    'a.b',
    'IPV4',
    'Neighbors',
  ]);
  const read = (key: string) => model.reader(key)(eth0, view);
  expect([read('MTU'), read('Neutron.PortID'), read('a.b'), read('None'), read('Neutron.Net.Tags')]).toEqual([
    1500,
    'p',
    2,
    undefined,
    undefined,
  ]);
  expect(read('IPV4')).toEqual(new Several(['10.0.0.1/8', '10.0.0.2/8']));
  expect(read('Neighbors')).toEqual(new Several([new GMap([['IP', '1']]), new GMap([['IP', '2']])]));
});

test('fields of the element and counters can be read by name', () => {
  const read = (key: string) => model.reader(key)(eth0, view);
  expect([read('@CreatedAt'), read('@Host'), read('Metric.RxBytes')]).toEqual([1000, 'test', 7]);
});

test('properties of a vertex have ids that say where they are', () => {
  const ids = ['MTU', 'IPV4', 'Nothing'].flatMap((key) =>
    model.vertexProperties(eth0, key, view).map(({ id, value }) => [id, value]),
  );
  expect(ids).toEqual([
    ['device:eth0/MTU', 1500],
    ['device:eth0/IPV4/0', '10.0.0.1/8'],
    ['device:eth0/IPV4/1', '10.0.0.2/8'],
  ]);
});

test('a list of an edge is one value', () => {
  expect(model.reader('Weights')(edge, view)).toEqual([1, 2]);
  expect(model.edgeProperty(edge, 'Weights', view)?.value).toEqual([1, 2]);
  expect(model.edgeProperty(edge, 'Nothing', view)).toBeUndefined();
});

test('an index of the graph answers for what is equal', () => {
  const numbers = readGraph('device:a {"MTU":1500}\ndevice:b {"MTU":9000}', { indexed: ['MTU', 'Type'] }).now();
  for (const value of [1500, long(1500), double(1500)])
    expect(Array.from(model.nodesWith('MTU', value, numbers) ?? [], ({ id }) => id)).toEqual(['device:a']);
  expect(model.nodesWith('Speed', 1, numbers)).toBeUndefined();
  expect([...(model.nodesLabelled?.('device', numbers) ?? [])].length).toBe(2);
});
