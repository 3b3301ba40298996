import type { Change } from '../../src/graph/change.ts';
import type { Metadata } from '../../src/graph/element.ts';
import { type TestServer, testServer } from '../api/server.ts';
import { skein } from './terminal.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
  server.say(
    node('h', { Name: 'h1', Type: 'host' }),
    node('n', { Name: 'web', Type: 'netns' }),
    node('c', {
      Name: 'web',
      Type: 'container',
      Manager: 'docker',
      Container: {
        ID: 'f6106460ea96f54f2f70c7d55299',
        Image: 'nginx:1',
        Status: 'running',
        InitProcessPID: 71,
        Networks: [{ Name: 'shop', IPV4: '10.7.0.2/24' }],
        Ports: [
          { Port: 80, Protocol: 'tcp', HostIP: '127.0.0.1', HostPort: 8080 },
          { Port: 80, Protocol: 'tcp', HostIP: '::', HostPort: 8080 },
          { Port: 53, Protocol: 'udp' },
        ],
      },
    }),
    node('w', {
      Name: 'shop',
      Type: 'dockernetwork',
      Manager: 'docker',
      Network: { ID: '30c5d45621b2aaaa', Driver: 'bridge', Subnets: ['10.7.0.0/24'] },
    }),
    node('s', { Name: 'ovs-system', Type: 'ovs-system', Ovs: { Version: '3.1', Database: 'unix:/db.sock' } }),
    node('b', { Name: 'br0', Type: 'ovsbridge' }),
    node('p', { Name: 'eth1', Type: 'ovsport', Tag: 7 }),
    node('d', { Name: 'eth1', Type: 'device', IfIndex: 3 }),
    node('r', {
      Type: 'ofrule',
      Table: 0,
      Priority: 50,
      Cookie: 0,
      Match: 'ip,in_port=1',
      ActionsText: 'output:2',
    }),
    node('q', { Type: 'ofrule', Table: 3, Priority: 0, Cookie: 7, Match: '', ActionsText: '' }),
    node('g', { Type: 'ofgroup', GroupId: 5 }),
    node('nc', { Name: 'in', Type: 'nftchain', Family: 'ip', Table: 'f', Hook: 'input', Policy: 'drop' }),
    nftrule('nr2', 2, 'drop'),
    nftrule('nr1', 1.5, 'tcp dport 22 accept', 'ssh'),
    edge('n', 'nc'),
    edge('nc', 'nr1'),
    edge('nc', 'nr2'),
    edge('h', 'n'),
    edge('n', 'c'),
    edge('h', 's'),
    edge('h', 'b'),
    edge('h', 'd'),
    edge('b', 'p'),
    edge('b', 'r'),
    edge('b', 'q'),
    edge('b', 'g'),
  );
});
afterAll(() => server[Symbol.asyncDispose]());

const ask = (...words: string[]) => skein([...words, '-q', '--server', server.url]);
const lines = async (...words: string[]) => (await ask(...words)).out.trimEnd().split('\n');

test('containers are listed as their engines list them', async () => {
  expect(await lines('get', 'containers')).toEqual(
    [
      'NAME  MANAGER  HOST       NETNS  STATUS   PID  IMAGE    NETWORKS  ADDRESSES    PORTS                              ID',
      'web   docker   test-host  web    running   71  nginx:1  shop      10.7.0.2/24  127.0.0.1:8080->80/tcp [::]:8080->80/tcp 53/udp  f6106460ea96',
    ].map((line) => expect.stringMatching(line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ +/g, ' +'))),
  );
  expect((await lines('get', 'networks', '--no-headers'))[0]).toMatch(
    /^shop +docker +test-host +bridge +10\.7\.0\.0\/24/,
  );
});

test('switches, their ports and their rules are listed with the bridge they are of', async () => {
  expect((await lines('get', 'switches', '--no-headers'))[0]).toMatch(/^ovs-system +ovs-system +test-host +3\.1/);
  expect((await lines('get', 'ports', '--no-headers'))[0]).toMatch(/^eth1 +ovsport +test-host +br0 +7$/);
  expect(await lines('get', 'openflow')).toEqual([
    'BRIDGE  HOST       TABLE  PRIORITY  MATCH         ACTIONS',
    'br0     test-host      0        50  ip,in_port=1  output:2',
    'br0     test-host      3         0  all           drop',
  ]);
});

test('rules of packet filters are listed in their order, with the namespace and the hook they are of', async () => {
  expect(await lines('get', 'filters')).toEqual([
    'HOST       NETNS  TABLE  CHAIN  HOOK   VERDICT  RULE                 COMMENT',
    'test-host  web    ip f   in     input  accept   tcp dport 22 accept  ssh',
    'test-host  web    ip f   in     input  drop     drop',
  ]);
  expect(await lines('get', 'nft', '--no-headers', '--where', 'Verdict=drop')).toHaveLength(1);
});

test('a name that things of several types have is told apart by TYPE:NAME', async () => {
  const { exitCode, err } = await ask('describe', 'eth1');
  expect(exitCode).toBe(2);
  expect(err).toMatch(/br0\/eth1 +ovsport/);
  expect(err).toContain('TYPE:NAME');
  expect((await ask('describe', 'ovsport:eth1')).out).toMatch(/^type +ovsport$/m);
  expect((await ask('describe', 'device:test-host/eth1')).exitCode).toBe(1);
  expect((await ask('describe', 'device:h1/eth1')).out).toMatch(/^type +device$/m);
  expect((await ask('describe', 'container:web')).out).toMatch(/^type +container$/m);
  expect((await ask('history', 'netns:web')).exitCode).toBe(0);
  expect((await ask('describe', 'container:nosuch')).err).toContain('no node is called "container:nosuch"');
});

test('of what is long each key has a line of its own, by the name that queries know', async () => {
  const { out } = await ask('describe', 'container:web');
  expect(out).toMatch(/^ {2}Container\.ID +f6106460ea96f54f2f70c7d55299$/m);
  expect(out).toMatch(/^ {2}Container\.Image +nginx:1$/m);
  expect((await ask('describe', 'shop')).out).toMatch(/^ {2}Network +ID=30c5d45621b2aaaa Driver=bridge/m);
});

test('a tree counts rules of OpenFlow, and lists call them by table and priority', async () => {
  const tree = await lines('tree');
  expect(tree).toContain('│   └── 2 rules, 1 group of OpenFlow');
  expect(tree.filter((line) => line.endsWith('└── 2 rules'))).toHaveLength(1);
  expect(tree.join('\n')).not.toMatch(/ofrule|ofgroup|nftrule/);
  const names = await lines('get', 'nodes', '-l', 'Type=ofrule', '--no-headers');
  expect(names.map((line) => line.split('  ')[0])).toEqual(['rule 0/50', 'rule 3/0']);
});

function node(id: string, metadata: Metadata): Change {
  return { kind: 'node', id, metadata };
}

function edge(parent: string, child: string): Change {
  return { kind: 'edge', id: `${parent}-${child}`, parent, child, metadata: { RelationType: 'ownership' } };
}

function nftrule(id: string, Order: number, Text: string, Comment?: string): Change {
  const facts = { Type: 'nftrule', Family: 'ip', Table: 'f', Chain: 'in', Verdict: Text.split(' ').at(-1) ?? '' };
  return node(id, { ...facts, Order, Text, Name: Text, ...(Comment !== undefined && { Comment }) });
}
