/** The probe of Open vSwitch beside a real one, in namespaces of its own. Needs root. */
import type { GraphNode } from '../../src/graph/element.ts';
import { ownedTid } from '../../src/probes/identity.ts';
import { ovs } from '../../src/probes/ovs/index.ts';
import { eventually } from '../eventually.ts';
import { expectVocabulary, type Running, runProbe, self } from '../probes/context.ts';
import { isRoot } from './netlinkrun.ts';
import { hasOvs, SwitchedHosts } from './switched.ts';

const withOvs = isRoot && hasOvs ? test : test.skip;

let hosts: SwitchedHosts;
let running: Running;

if (isRoot && hasOvs) {
  beforeAll(async () => {
    hosts = await SwitchedHosts.start();
  }, 60_000);
  afterAll(() => hosts[Symbol.asyncDispose]());
  beforeEach(async () => {
    running = runProbe(ovs, { options: { databases: [hosts.database] }, time: Date.now });
    await running.ready;
  });
  afterEach(() => running.stop());
}

function named(name: string, type?: string): GraphNode[] {
  const all = [...running.graph.now().nodes()];
  return all.filter(({ metadata }) => metadata.Name === name && (type === undefined || metadata.Type === type));
}

function only(name: string, type?: string): GraphNode {
  const found = named(name, type);
  expect(found).toHaveLength(1);
  return found[0] as GraphNode;
}

function relations(parent: GraphNode | { id: string }, child: GraphNode): string[] {
  const edges = [...running.graph.now().in(child)].filter((edge) => edge.parent === parent.id);
  return edges.map(({ metadata }) => [metadata.RelationType, metadata.Type].filter(Boolean).join(' ')).sort();
}

/** What the netlink probe would say of a device on the host. */
function kernelSays(name: string, ifindex: number, more: Record<string, string> = {}): string {
  const id = `kernel-${ifindex}`;
  const metadata = { Name: name, Type: 'veth', IfIndex: ifindex, TID: `tid-${ifindex}`, ...more };
  running.graph.apply(
    [
      { kind: 'node', id, metadata, owns: new Set(Object.keys(metadata)) },
      { kind: 'edge', parent: self.id, child: id, metadata: { RelationType: 'ownership' } },
    ],
    { host: self.name, origin: 'agent.h', time: Date.now() },
  );
  return id;
}

const column = (name: string, field: string) => hosts.ovs('get', 'interface', name, field).trim().replaceAll('"', '');

withOvs('a bridge hangs on the host, its ports on the bridge, and each interface on its port', () => {
  const uuid = hosts.ovs('get', 'bridge', 'br0', '_uuid').trim();
  const bridge = only('br0', 'ovsbridge');
  expect(bridge.metadata).toMatchObject({ UUID: uuid, TID: ownedTid(self.tid, uuid, 'ovsbridge') });
  expect(bridge.metadata.Ovs).toMatchObject({ DatapathType: 'netdev' });
  expect(relations(self, bridge)).toEqual(['ownership']);
  const port = only('pl', 'ovsport');
  expect(relations(bridge, port)).toEqual(['layer2', 'ownership']);
  expectVocabulary(ovs, running.graph);
});

withOvs(
  'an interface that the kernel has is one node, with what both say of it',
  async () => {
    const id = kernelSays('pl', Number(column('pl', 'ifindex')), { MAC: column('pl', 'mac_in_use') });
    await eventually(() => {
      const node = only('pl', 'veth');
      expect(node.id).toBe(id);
      expect(node.metadata).toMatchObject({ UUID: column('pl', '_uuid'), OfPort: Number(column('pl', 'ofport')) });
      expect(relations(only('pl', 'ovsport'), node)).toEqual(['layer2']);
    });
    await eventually(() => expect(running.graph.now().counters(id, 'Ovs')?.total).toHaveProperty('RxBytes'));
    const before = only('pl', 'veth').revision;
    await hosts.traffic();
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect(only('pl', 'veth').revision).toBe(before);
  },
  120_000,
);

withOvs(
  'an internal port is internal, whatever the kernel calls it, and that again once it is no port',
  async () => {
    const tap = { Type: 'tap', MAC: column('br0', 'mac_in_use') };
    const id = kernelSays('br0', Number(column('br0', 'ifindex')), tap);
    await eventually(() => expect(only('br0', 'internal').id).toBe(id));
    expect(only('br0', 'internal').metadata.Ovs).toMatchObject({ Type: 'internal', DeviceType: 'tap' });
    hosts.ovs('add-br', 'br9', '--', 'set', 'bridge', 'br9', 'datapath_type=netdev');
    await eventually(() => expect(named('br9', 'ovsbridge')).toHaveLength(1));
    const other = kernelSays('br9', Number(column('br9', 'ifindex')), { Type: 'tap' });
    await eventually(() => expect(only('br9', 'internal').id).toBe(other));
    hosts.ovs('del-br', 'br9');
    await eventually(() =>
      expect(only('br9').metadata).toEqual(expect.objectContaining({ Type: 'tap', IfIndex: expect.any(Number) })),
    );
    expect(only('br9').metadata).not.toHaveProperty('Ovs');
    expect(only('br9').metadata).not.toHaveProperty('UUID');
  },
  120_000,
);

withOvs(
  'an internal port in another namespace is found by its name, or shown by itself',
  async () => {
    hosts.ovs('add-port', 'br0', 'moved', '--', 'set', 'interface', 'moved', 'type=internal');
    await eventually(() => expect(Number(column('moved', 'ifindex'))).toBeGreaterThan(0));
    const mac = column('moved', 'mac_in_use');
    hosts.middle.ip(`link set moved netns ${hosts.left.name}`);
    await eventually(() => expect(named('moved', 'internal')).toHaveLength(1));
    const id = kernelSays('moved', 4711, { Type: 'tap', MAC: mac });
    await eventually(() => expect(only('moved', 'internal').id).toBe(id));
    hosts.ovs('del-port', 'moved');
    await eventually(() => expect(named('moved', 'ovsport')).toEqual([]));
  },
  120_000,
);

withOvs(
  'two patch ports that name each other are linked once, and no longer than they do',
  async () => {
    hosts.ovs('add-br', 'br1', '--', 'set', 'bridge', 'br1', 'datapath_type=netdev');
    for (const [bridge, port, peer] of [
      ['br0', 'p0', 'p1'],
      ['br1', 'p1', 'p0'],
    ] as const)
      hosts.ovs('add-port', bridge, port, '--', 'set', 'interface', port, 'type=patch', `options:peer=${peer}`);
    const both = () => [
      ...relations(only('p0', 'patch'), only('p1', 'patch')),
      ...relations(only('p1', 'patch'), only('p0', 'patch')),
    ];
    await eventually(() => expect(both()).toEqual(['layer2 patch']));
    expect(only('p0', 'patch').metadata.Driver).toBe('openvswitch');
    expectVocabulary(ovs, running.graph);
    hosts.ovs('set', 'interface', 'p0', 'options:peer=elsewhere');
    await eventually(() => expect(both()).toEqual([]));
    hosts.ovs('del-port', 'p0', '--', 'del-br', 'br1');
    await eventually(() => expect([...named('p0'), ...named('p1'), ...named('br1')]).toEqual([]));
  },
  120_000,
);

withOvs(
  'settings of a port that come and go are followed',
  async () => {
    hosts.ovs('set', 'port', 'pr', 'tag=10', 'trunks=30,20', 'vlan_mode=native-tagged', 'external_ids:who=me');
    await eventually(() =>
      expect(only('pr', 'ovsport').metadata).toMatchObject({
        ...{ Vlans: [10, 20, 30], Tag: 10, Trunks: [20, 30], VlanMode: 'native-tagged' },
        ExtID: { who: 'me' },
      }),
    );
    hosts.ovs('remove', 'port', 'pr', 'trunks', '20', '--', 'set', 'port', 'pr', 'external_ids:who=you');
    await eventually(() =>
      expect(only('pr', 'ovsport').metadata).toMatchObject({ Trunks: [30], ExtID: { who: 'you' } }),
    );
    hosts.ovs('clear', 'port', 'pr', 'tag', 'trunks', 'vlan_mode', 'external_ids');
    await eventually(() =>
      expect(Object.keys(only('pr', 'ovsport').metadata).sort()).toEqual(['Name', 'Ovs', 'TID', 'Type', 'UUID']),
    );
  },
  120_000,
);

withOvs(
  'a tunnel is told by what it leads to',
  async () => {
    hosts.ovs(
      'add-port',
      'br0',
      'vx',
      '--',
      'set',
      'interface',
      'vx',
      'type=vxlan',
      'options:remote_ip=192.0.2.2',
      'options:key=7',
    );
    await eventually(() =>
      expect(only('vx', 'vxlan').metadata).toMatchObject({
        RemoteIP: '192.0.2.2',
        Ovs: { Type: 'vxlan', Options: { remote_ip: '192.0.2.2', key: '7' } },
      }),
    );
    hosts.ovs('del-port', 'vx');
    await eventually(() => expect(named('vx')).toEqual([]));
  },
  120_000,
);

withOvs(
  'a bridge that is made anew under the same name is another one, alone',
  async () => {
    hosts.ovs('add-br', 'again', '--', 'set', 'bridge', 'again', 'datapath_type=netdev');
    await eventually(() => expect(named('again', 'ovsbridge')).toHaveLength(1));
    const before = only('again', 'ovsbridge').id;
    hosts.ovs('--', 'del-br', 'again', '--', 'add-br', 'again', '--', 'set', 'bridge', 'again', 'datapath_type=netdev');
    await eventually(() => expect(only('again', 'ovsbridge').id).not.toBe(before));
    expect(named('again', 'ovsport')).toHaveLength(1);
    hosts.ovs('del-br', 'again');
    await eventually(() => expect(named('again')).toEqual([]));
  },
  120_000,
);

withOvs(
  'another run goes on with what is there, and takes away what is gone meanwhile',
  async () => {
    hosts.ovs('add-port', 'br0', 'patched', '--', 'set', 'interface', 'patched', 'type=patch', 'options:peer=none');
    await eventually(() => expect(named('patched', 'patch')).toHaveLength(1));
    const bridge = only('br0', 'ovsbridge');
    const before = running;
    await before.stop();
    hosts.ovs('del-port', 'patched');
    running = runProbe(ovs, { options: { databases: [hosts.database] }, time: Date.now, before });
    await running.ready;
    await eventually(() => expect(named('patched')).toEqual([]));
    expect(only('br0', 'ovsbridge')).toEqual(bridge);
  },
  120_000,
);

withOvs(
  'nothing comes or goes when the database or the switch is started anew',
  async () => {
    const ours = () => [...running.graph.now().nodes()].filter(({ metadata }) => /^ovs/.test(String(metadata.Type)));
    const before = ours();
    expect(before.length).toBeGreaterThan(3);
    await hosts.restartDatabase();
    await eventually(() => expect(running.counters.connectionsLost).toBeGreaterThan(0));
    hosts.ovs('--no-wait', 'set', 'port', 'pl', 'external_ids:after=database');
    await eventually(() => expect(only('pl', 'ovsport').metadata.ExtID).toEqual({ after: 'database' }));
    await hosts.restartSwitch();
    hosts.ovs('set', 'port', 'pl', 'external_ids:after=switch');
    await eventually(() => expect(only('pl', 'ovsport').metadata.ExtID).toEqual({ after: 'switch' }));
    hosts.ovs('clear', 'port', 'pl', 'external_ids');
    await eventually(() => expect(only('pl', 'ovsport').metadata).not.toHaveProperty('ExtID'));
    const lives = (nodes: GraphNode[]) => nodes.map(({ id, createdAt }) => `${id} ${createdAt}`);
    expect(lives(ours())).toEqual(lives(before));
  },
  120_000,
);

withOvs(
  'a port that is renamed is another one, and the first is gone',
  async () => {
    hosts.ovs('add-port', 'br0', 'old', '--', 'set', 'interface', 'old', 'type=internal');
    await eventually(() => expect(named('old', 'ovsport')).toHaveLength(1));
    hosts.ovs(
      ...['--', 'del-port', 'old', '--', 'add-port', 'br0', 'new'],
      ...['--', 'set', 'interface', 'new', 'type=internal'],
    );
    await eventually(() => expect(named('new', 'ovsport')).toHaveLength(1));
    expect(named('old')).toEqual([]);
    hosts.ovs('del-port', 'new');
    await eventually(() => expect(named('new')).toEqual([]));
  },
  120_000,
);
