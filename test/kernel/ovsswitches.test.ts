/** Two Open vSwitches of one machine, in namespaces of their own, with a tunnel between them. Needs root. */
import { execFileSync } from 'node:child_process';
import type { GraphNode } from '../../src/graph/element.ts';
import { ovs } from '../../src/probes/ovs/index.ts';
import { tunnels } from '../../src/probes/tunnels/index.ts';
import { eventually } from '../eventually.ts';
import { expectVocabulary, type Running, runProbe } from '../probes/context.ts';
import { SwitchedHosts } from './switched.ts';

let one: SwitchedHosts;
let other: SwitchedHosts;
let running: Running;

beforeAll(async () => {
  one = await SwitchedHosts.start();
  other = await SwitchedHosts.start();
}, 120_000);
afterAll(async () => {
  await one?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  running = runProbe(ovs, { options: { databases: [one.database, other.database] }, time: Date.now });
  await running.ready;
});
afterEach(() => running.stop());

const nodes = (Type: string, Name?: string): GraphNode[] =>
  [...running.graph.now().nodes()].filter(
    ({ metadata }) => metadata.Type === Type && (Name === undefined || metadata.Name === Name),
  );
const databaseOf = ({ metadata: { Ovs } }: GraphNode) => (Ovs as { Database?: string }).Database;
const only = (Type: string, Name: string, of: SwitchedHosts): GraphNode => {
  const found = nodes(Type, Name).filter((node) => databaseOf(node) === of.database);
  expect(found).toHaveLength(1);
  return found[0] as GraphNode;
};

test('bridges and ports of the same names are apart, each with its switch', async () => {
  await eventually(() => expect(nodes('ovsbridge', 'br0')).toHaveLength(2));
  expect(nodes('ovsbridge').map(databaseOf).sort()).toEqual([one.database, other.database].sort());
  expect(nodes('ovs-system').map(databaseOf).sort()).toEqual([one.database, other.database].sort());
  expect(nodes('ovsport', 'pl')).toHaveLength(2);
  expect(new Set(nodes('ovsport').map(({ metadata }) => metadata.TID)).size).toBe(6);
  expectVocabulary(ovs, running.graph);
}, 120_000);

test('one that is gone takes nothing of the other along, and a run after that neither', async () => {
  await eventually(() => expect(nodes('ovsbridge')).toHaveLength(2));
  const before = running;
  await before.stop();
  running = runProbe(ovs, {
    options: { databases: [one.database, 'unix:/nowhere/db.sock'], goneAfterMs: 100 },
    time: Date.now,
    before,
  });
  await running.ready;
  await eventually(() => expect(nodes('ovsbridge').map(databaseOf)).toEqual([one.database]));
  await running.stop();
  running = runProbe(ovs, { options: { databases: [one.database, other.database] }, time: Date.now, before: running });
  await eventually(() => expect(nodes('ovsbridge')).toHaveLength(2));
}, 120_000);

test('a tunnel between them is linked while its keys fit', async () => {
  const linking = runProbe(tunnels, { options: { lookMs: 20 }, time: Date.now, before: running });
  const end = (of: SwitchedHosts, near: string, far: string, ...more: string[]) =>
    of.ovs(
      ...['--may-exist', 'add-port', 'br0', 'vx', '--', 'set', 'interface', 'vx', 'type=vxlan'],
      ...[`options:local_ip=${near}`, `options:remote_ip=${far}`, ...more],
    );
  end(one, '192.0.2.1', '192.0.2.2', 'options:key=7');
  end(other, '192.0.2.2', '192.0.2.1', 'options:key=7');
  const links = () =>
    [...running.graph.now().edges()]
      .filter(({ metadata }) => metadata.Type === 'tunnel')
      .map(({ parent, child }) => [parent, child].sort());
  await eventually(() => {
    const ends = [only('vxlan', 'vx', one).id, only('vxlan', 'vx', other).id].sort();
    expect(links()).toEqual([ends]);
  });
  expect(only('vxlan', 'vx', one).metadata).toMatchObject({ LocalIP: '192.0.2.1', RemoteIP: '192.0.2.2', TunKey: '7' });
  other.ovs('set', 'interface', 'vx', 'options:key=8');
  await eventually(() => expect(links()).toEqual([]));
  other.ovs('set', 'interface', 'vx', 'options:key=7');
  await eventually(() => expect(links()).toHaveLength(1));
  one.ovs('del-port', 'vx');
  await eventually(() => expect(links()).toEqual([]));
  other.ovs('del-port', 'vx');
  await linking.stop();
}, 120_000);

test('who steers and manages a switch is told, and how a port is bonded and shaped', async () => {
  one.ovs('set-controller', 'br0', 'tcp:127.0.0.1:9');
  one.ovs('set-manager', 'ptcp:0:127.0.0.1');
  one.ovs(
    ...['add-bond', 'br0', 'bond0', 's0', 's1', 'bond_mode=active-backup', 'lacp=off'],
    ...['--', 'set', 'interface', 's0', 'type=internal', '--', 'set', 'interface', 's1', 'type=internal'],
  );
  for (const slave of ['s0', 's1']) one.middle.ip(`link set ${slave} up`);
  one.ovs(
    ...['--', 'set', 'port', 'pl', 'qos=@q', '--', '--id=@q', 'create', 'qos', 'type=linux-htb'],
    ...['other-config:max-rate=1000000', 'queues:1=@one', '--', '--id=@one', 'create', 'queue', 'dscp=10'],
  );
  await eventually(() => {
    expect(only('ovsbridge', 'br0', one).metadata.Ovs).toMatchObject({
      Controllers: [{ Target: 'tcp:127.0.0.1:9', IsConnected: false, LastError: 'Connection refused' }],
    });
    expect(nodes('ovs-system').find((node) => databaseOf(node) === one.database)?.metadata.Ovs).toMatchObject({
      Managers: [{ Target: 'ptcp:0:127.0.0.1' }],
    });
    expect(only('ovsport', 'bond0', one).metadata).toMatchObject({
      ...{ BondMode: 'active-backup', LACP: 'off' },
      Ovs: { ActiveSlave: expect.stringMatching(/^s[01]$/) },
    });
    expect(only('ovsport', 'pl', one).metadata.Ovs).toMatchObject({
      QoS: { Type: 'linux-htb', OtherConfig: { 'max-rate': '1000000' }, Queues: [{ ID: 1, DSCP: 10 }] },
    });
  });
  expectVocabulary(ovs, running.graph);
  // How long a controller has not answered is counted all the time.
  const before = only('ovsbridge', 'br0', one).metadata;
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect(only('ovsbridge', 'br0', one).metadata).toEqual(before);
  one.ovs('del-controller', 'br0', '--', 'del-manager', '--', 'del-port', 'bond0', '--', 'clear', 'port', 'pl', 'qos');
  one.ovs('--all', 'destroy', 'qos', '--', '--all', 'destroy', 'queue');
  await eventually(() => expect(only('ovsport', 'pl', one).metadata.Ovs).toEqual({ Database: one.database }));
}, 120_000);

test('a database that is compacted says nothing new', async () => {
  await eventually(() => expect(nodes('ovsbridge')).toHaveLength(2));
  const lives = () => nodes('ovsport').map(({ id, createdAt, revision }) => `${id} ${createdAt} ${revision}`);
  const before = lives();
  const control = one.database.replace(/^unix:(.*)\/db\.sock$/, '$1/db.ctl');
  execFileSync('ovs-appctl', ['-t', control, 'ovsdb-server/compact']);
  one.ovs('set', 'bridge', 'br0', 'external_ids:after=compaction');
  await eventually(() => expect(only('ovsbridge', 'br0', one).metadata.ExtID).toEqual({ after: 'compaction' }));
  one.ovs('clear', 'bridge', 'br0', 'external_ids');
  expect(lives()).toEqual(before);
}, 120_000);

test('a port that is moved to another bridge is there, and there alone', async () => {
  one.ovs('add-br', 'br5', '--', 'set', 'bridge', 'br5', 'datapath_type=netdev');
  one.ovs('add-port', 'br0', 'mv', '--', 'set', 'interface', 'mv', 'type=patch', 'options:peer=none');
  const bridges = () => {
    const view = running.graph.now();
    const ports = nodes('ovsport', 'mv');
    return ports.map((port) =>
      [...view.in(port)].flatMap((edge) => [...view.parents(edge)].map((it) => it.metadata.Name)),
    );
  };
  await eventually(() => expect(bridges()).toEqual([['br0', 'br0']]));
  const port = one.ovs('get', 'port', 'mv', '_uuid').trim();
  one.ovs('remove', 'bridge', 'br0', 'ports', port, '--', 'add', 'bridge', 'br5', 'ports', port);
  await eventually(() => expect(bridges()).toEqual([['br5', 'br5']]));
  expect(nodes('patch', 'mv')).toHaveLength(1);
  one.ovs('del-br', 'br5');
  await eventually(() => expect([...nodes('ovsport', 'mv'), ...nodes('patch', 'mv')]).toEqual([]));
}, 120_000);
