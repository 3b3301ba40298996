import { routesOf } from '../../src/cli/render/routing.ts';
import type { WireNode } from '../../src/contract/element.ts';
import type { TestServer } from '../api/server.ts';
import { smallNetwork } from './network.ts';
import { skein } from './terminal.ts';

let server: TestServer;
beforeAll(async () => {
  server = await smallNetwork();
});
afterAll(() => server[Symbol.asyncDispose]());

const ask = (...words: string[]) => skein([...words, '-q', '--server', server.url]);
const lines = async (...words: string[]) => (await ask(...words)).out.trimEnd().split('\n');

test('interfaces are listed with the namespace they are in', async () => {
  expect(await lines('get', 'interfaces')).toEqual([
    'NAME  TYPE    HOST       NETNS  STATE   MTU  MAC                ADDRESSES',
    'br0   bridge  test-host         UP     1500',
    'eth0  veth    test-host         UP     1500  02:00:00:00:00:01  10.0.0.1/24',
    'eth0  veth    test-host  blue   DOWN   1400  02:00:00:00:00:02',
  ]);
});

test('a list is narrowed by name, selector and condition', async () => {
  const names = (...words: string[]) => lines('get', ...words, '-o', 'columns=@ID', '--no-headers');
  expect(await names('if', 'eth0')).toEqual(['e0', 'e1']);
  expect(await names('if', 'e*')).toEqual(['e0', 'e1']);
  expect(await names('if', '-l', 'State=UP,Type!=bridge')).toEqual(['e0']);
  expect(await names('if', '-l', 'MTU=1400')).toEqual(['e1']);
  expect(await names('nodes', '-l', '!IfIndex')).toEqual(['h', 'ns']);
  expect(await names('if', '--where', "MTU<1500 and Name~'eth.*'")).toEqual(['e1']);
  expect(await names('if', '--where', 'IPV4 in 10.0.0.0/8')).toEqual(['e0']);
  expect(await names('if', '--limit', '1', '--sort-by', '-MTU')).toEqual(['br']);
  expect(await names('nodes', "it's", '--fail-empty')).toEqual(['']);
});

test('a column that there is not cannot be sorted by', async () => {
  const { exitCode, err } = await skein(['get', 'if', '--sort-by', 'nosuch', '--server', server.url]);
  expect(exitCode).toBe(2);
  expect(err).toContain('no column NOSUCH to sort by');
  expect(err).toContain('NAME, TYPE');
});

test('routes and neighbours are rows of their own', async () => {
  expect(await lines('get', 'routes')).toEqual([
    'HOST       TABLE  PREFIX       VIA         INTERFACE  METRIC',
    'test-host  main   10.0.0.0/24              eth0            0',
    'test-host  main   0.0.0.0/0    10.0.0.254  eth0          100',
  ]);
  expect(await lines('get', 'arp', '--no-headers')).toEqual([
    'test-host  eth0  10.0.0.2  02:00:00:00:00:02  REACHABLE',
  ]);
});

test('of a route over several interfaces each tells its own part, and a namespace what leads nowhere', () => {
  const routes = (Metadata: WireNode['Metadata'], ...list: WireNode['Metadata'][]) =>
    routesOf(
      { ...wireNode, Metadata: { ...Metadata, RoutingTables: [{ ID: 254, Src: null, Routes: list }] } },
      {
        netns: 'blue',
      },
    ).map(({ VIA, INTERFACE, TYPE }) => ({ VIA, INTERFACE, TYPE }));
  const hops = [
    { Priority: 0, IP: '10.1.0.7', IfIndex: 2 },
    { Priority: 0, IP: '10.2.0.7', IfIndex: 3 },
  ];
  const shared = { Prefix: '10.8.0.0/16', NextHops: hops };
  expect(routes({ Name: 'e1', IfIndex: 2 }, shared)).toEqual([{ VIA: '10.1.0.7', INTERFACE: 'e1' }]);
  expect(routes({ Name: 'e2', IfIndex: 3 }, shared)).toEqual([{ VIA: '10.2.0.7', INTERFACE: 'e2' }]);
  const refused = { Prefix: '10.9.0.0/16', Type: 'blackhole', NextHops: [{ Priority: 0 }] };
  expect(routes({ Name: 'blue', Type: 'netns' }, refused)).toEqual([{ TYPE: 'blackhole' }]);
});

test('routes are rows for programs too', async () => {
  const route = {
    host: 'test-host',
    table: 'main',
    prefix: '0.0.0.0/0',
    via: '10.0.0.254',
    interface: 'eth0',
    metric: 100,
  };
  const document = JSON.parse((await ask('get', 'routes', '-o', 'json')).out);
  expect(document).toMatchObject({ schema: 'skein/v1', kind: 'routes', routes: [{ prefix: '10.0.0.0/24' }, route] });
  expect((await lines('get', 'routes', '-o', 'ndjson')).map((line) => JSON.parse(line))).toEqual(document.routes);
  expect(await lines('get', 'routes', '-o', 'csv')).toEqual([
    'HOST,NETNS,TABLE,PREFIX,VIA,INTERFACE,METRIC,TYPE,SOURCE,PROTOCOL\r',
    'test-host,,main,10.0.0.0/24,,eth0,0,,10.0.0.1,kernel\r',
    'test-host,,main,0.0.0.0/0,10.0.0.254,eth0,100,,10.0.0.1,boot',
  ]);
  expect(await lines('get', 'routes', '-o', 'columns=prefix,via', '--no-headers')).toEqual([
    '10.0.0.0/24',
    '0.0.0.0/0    10.0.0.254',
  ]);
  expect((await ask('get', 'routes', '-o', 'dot')).exitCode).toBe(2);
});

test('routes, rules and neighbours are narrowed by their own columns, as they are shown', async () => {
  const rows = (...words: string[]) => lines('get', ...words, '--no-headers');
  const prefixes = (...words: string[]) => rows('routes', '-o', 'columns=prefix', ...words);
  expect(await prefixes('--where', 'Metric>=100')).toEqual(['0.0.0.0/0']);
  expect(await prefixes('--where', 'Prefix in 10.0.0.0/8')).toEqual(['10.0.0.0/24']);
  expect(await prefixes('--where', 'Prefix in 10.0.0.0/25')).toEqual(['']);
  expect(await prefixes('--where', 'via in 10.0.0.0/24 and Protocol=boot')).toEqual(['0.0.0.0/0']);
  expect(await prefixes('--where', "Prefix~'10[.].*'")).toEqual(['10.0.0.0/24']);
  expect(await prefixes('-l', 'Protocol=kernel,Table=main')).toEqual(['10.0.0.0/24']);
  expect(await prefixes('-l', 'Via')).toEqual(['0.0.0.0/0']);
  expect(await prefixes('-l', '!Via')).toEqual(['10.0.0.0/24']);
  expect(await prefixes('-l', 'Via!=10.0.0.254')).toEqual(['10.0.0.0/24']);
  expect(await prefixes('eth0', '-l', 'Table!=main')).toEqual(['']);
  expect(await rows('rules', '--where', 'Priority>100', '-o', 'columns=priority,table')).toEqual(['32766  main']);
  expect(await rows('neigh', '-l', 'State=REACHABLE', '-o', 'columns=address')).toEqual(['10.0.0.2']);
  expect(await rows('neigh', '-l', 'State!=REACHABLE')).toEqual(['']);
  expect(await rows('neigh', '-l', 'MAC=02:00:00:00:00:02', '-o', 'columns=address')).toEqual(['10.0.0.2']);
});

test('rows cannot be narrowed by a column that there is not, nor by what cannot be read', async () => {
  const refusal = async (...words: string[]) => {
    const { err, exitCode } = await ask('get', ...words);
    expect(exitCode).toBe(2);
    return err;
  };
  expect(await refusal('rules', '--where', 'Prioritty>100')).toMatch(/no column Prioritty.*\n.*did you mean PRIORITY/);
  expect(await refusal('rules', '-l', 'MTU=1500')).toMatch(/no column MTU.*\n.*there are HOST, ON, FAMILY/);
  expect(await refusal('routes', '--where', 'Prefix in nowhere')).toContain('"nowhere" is not a range of addresses');
  expect(await refusal('routes', '--where', 'Prefix~[')).toContain('"[" is not a regular expression');
  expect(await refusal('routes', '--where', 'Metric>many')).toContain('which is no number');
});

test('edges name their ends, and are chosen by relation', async () => {
  expect(await lines('get', 'edges', 'layer2', '--no-headers')).toEqual([
    'br0   layer2  eth0       test-host',
    'eth0  layer2  blue/eth0  test-host',
  ]);
});

test('what cannot be listed is told with what can', async () => {
  const { err, exitCode } = await ask('get', 'unicorns');
  expect(err).toContain('there are nodes, edges, hosts, netns');
  expect(exitCode).toBe(2);
  expect((await ask('get', 'if', '--where', 'MTU is small')).err).toContain('cannot read the condition');
});

test('a tree shows what contains what', async () => {
  expect(await lines('tree')).toEqual([
    'h1  host',
    '├── br0  bridge',
    '├── eth0  veth  10.0.0.1/24  in br0',
    '└── blue  netns',
    '    └── eth0  veth  down',
  ]);
  expect(await lines('tree', 'h1')).toEqual(await lines('tree'));
});

test('a node is found by another name it answers to', async () => {
  for (const name of ['lan', 'h1/lan'])
    expect(JSON.parse((await ask('describe', name, '-o', 'json')).out)).toMatchObject({ node: { ID: 'br' } });
});

test('a node is described with its place, its links and its routes', async () => {
  const { out } = await ask('describe', 'h1/eth0', '--utc');
  expect(out).toContain('where    h1 / eth0');
  expect(out).toContain('layer2     to veth blue/eth0');
  expect(out).toMatch(/main {3}10\.0\.0\.0\/24/);
  expect(JSON.parse((await ask('describe', 'e1', '-o', 'json')).out)).toMatchObject({
    schema: 'skein/v1',
    kind: 'description',
    node: { ID: 'e1' },
    owners: [{ ID: 'ns' }, { ID: 'h' }],
  });
});

test('a name that many have is told with all of them', async () => {
  const { err, exitCode } = await ask('describe', 'eth0');
  expect(err).toContain('2 nodes are called "eth0"');
  expect(err).toContain('blue/eth0       veth  e1');
  expect(exitCode).toBe(2);
});

test('a name that nobody has is not found', async () => {
  expect(await ask('describe', 'eth7')).toMatchObject({ exitCode: 1, out: '' });
});

test('values are completed by what the server knows', async () => {
  const complete = async (...words: string[]) =>
    (await skein(['__complete', '--', ...words], { env: { SKEIN_SERVER: server.url } })).out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0]);
  expect(await complete('describe', 'b')).toEqual(['blue', 'br0']);
  expect(await complete('tree', '')).toEqual(['h1']);
  expect(await complete('get', 'if', '-l', 'State=')).toEqual(['State=DOWN', 'State=UP']);
  expect(await complete('query', 'G.V().HasN')).toEqual(['G.V().HasNot(']);
});

test('commands, options and their values are completed without a server', async () => {
  const complete = async (...words: string[]) =>
    (await skein(['__complete', '--', ...words])).out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0]);
  expect(await complete('st')).toEqual(['status']);
  expect(await complete('get', 'ro')).toEqual(['routes']);
  expect(await complete('query', 'G', '-o', 'm')).toEqual(['mermaid']);
  expect(await complete('query', 'G', '--output=do')).toEqual(['--output=dot']);
  expect(await complete('lab', 'd')).toEqual(['down']);
  expect(await complete('up', '--archive-max')).toEqual(['--archive-max-size', '--archive-max-age']);
  expect(await complete('watch', 'n')).toEqual(['nodes']);
});

test('a server that is not there completes nothing and says nothing', async () => {
  const ran = await skein(['__complete', '--', 'describe', 'b'], { env: { SKEIN_SERVER: 'http://127.0.0.1:1' } });
  expect(ran).toEqual({ exitCode: 0, out: '', err: '' });
});

test('what an answer mentions by id is shown by name', async () => {
  expect(await lines('query', "G.E().Has('RelationType', 'layer2')", '--no-headers')).toEqual([
    'br0   layer2  eth0',
    'eth0  layer2  blue/eth0',
  ]);
  const { out } = await ask('query', "G.V().Has('Name', 'eth0').NextHop('8.8.8.8')");
  expect(out).toMatch(/^OF .*\neth0 .*10\.0\.0\.254/);
});

const wireNode = {
  ID: 'n',
  Host: 'h',
  Origin: 'agent.h',
  CreatedAt: 1,
  UpdatedAt: 1,
  DeletedAt: null,
  Revision: 1,
};
