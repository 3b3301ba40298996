/** Whatever a graph says: a path ends within its bounds, and what it throws is a Mistake. */
import fc from 'fast-check';
import type { Change } from '../../../src/graph/change.ts';
import type { Metadata } from '../../../src/graph/element.ts';
import { Graph } from '../../../src/graph/graph.ts';
import { Mistake } from '../../../src/std/mistake.ts';
import { walked } from './walked.ts';

const types = [
  ...[
    'netns',
    'host',
    'veth',
    'bridge',
    'bond',
    'vlan',
    'macvlan',
    'vxlan',
    'gre',
    'internal',
    'patch',
    'tap',
    'device',
  ],
  ...['ovsbridge', 'ovsport', 'ofrule', 'ofgroup', 'container', 'vrf', 'wireguard'],
];
const address = fc.constantFrom(
  '10.0.0.1',
  '10.0.0.2',
  '10.0.1.1',
  '192.0.2.1',
  'fd00::1',
  '::',
  'x',
  '10.0.0.0/33',
  '',
);
const mac = fc.constantFrom('02:00:00:00:00:01', '02:00:00:00:00:02', '00:00:00:00:00:00', 'zz');
const number = fc.constantFrom(0, 1, 2, 3, 10, 254, 255, 65_534, -1, 1e20);
const dirt = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  number,
  fc.constantFrom('', 'x', '1'),
  fc.constant([]),
  fc.constant({}),
);
const maybe = <T>(what: fc.Arbitrary<T>) =>
  fc.option(fc.oneof({ weight: 9, arbitrary: what as fc.Arbitrary<unknown> }, dirt), { nil: undefined });
const list = <T>(what: fc.Arbitrary<T>) =>
  fc.array(fc.oneof({ weight: 9, arbitrary: what as fc.Arbitrary<unknown> }, dirt), { maxLength: 3 });

const neighbour = fc.record({
  IP: maybe(address),
  MAC: maybe(mac),
  State: list(fc.constantFrom('NUD_REACHABLE', 'NUD_FAILED', 'NUD_PERMANENT')),
  IfIndex: maybe(number),
  Flags: list(fc.constantFrom('NTF_SELF', 'NTF_MASTER')),
});
const route = fc.record({
  Prefix: maybe(fc.constantFrom('10.0.0.0/24', '0.0.0.0/0', '10.0.1.0/24', '::/0', 'junk', '10.0.0.2/32')),
  NextHops: list(fc.record({ IP: maybe(address), IfIndex: maybe(number), Priority: maybe(number) })),
  Type: maybe(fc.constantFrom('blackhole', 'unreachable', 'throw', 'multicast')),
});
const match = fc.constantFrom(
  '',
  'ip',
  'in_port=1',
  'ip,nw_dst=10.0.0.0/24',
  'ct_state=+trk+new',
  'reg0=0x1/0x3',
  'tp_dst=80',
  'in_port=LOCAL',
  'dl_vlan=3',
  'junk=(1',
  'nw_dst=10.0.0.0/99',
  'priority=3,=,',
);
const actions = fc.constantFrom(
  ...[
    '',
    'drop',
    'NORMAL',
    'FLOOD',
    'output:1',
    'output:2',
    'resubmit(,0)',
    'resubmit(,1)',
    'goto_table:1',
    'group:1',
    'ct(table=1)',
    'LOCAL',
  ],
  ...[
    'load:0x1->NXM_NX_REG0[]',
    'load:0x1->NXM_NX_REG0[99..1]',
    'move:eth_src[]->eth_dst[]',
    'push_vlan:0x8100,mod_vlan_vid:3,output:2',
    'pop_vlan',
  ],
  ...[
    'clone(clone(clone(output:1)))',
    'resubmit(1,0),resubmit(2,0)',
    'output:NXM_NX_REG0[]',
    'set_field:x->y',
    'pop:NXM_NX_REG0[]',
    '))((',
    'write_actions(group:1)',
    'exit',
    'learn(',
    'ct(commit,nat(dst=10.0.0.2:80),table=1)',
  ],
);
const metadata = fc.record({
  ...{
    Name: maybe(fc.constantFrom('a', 'b', 'c', 'br0')),
    Type: maybe(fc.constantFrom(...types)),
    IfIndex: maybe(number),
  },
  ...{ MAC: maybe(mac), MTU: maybe(number), IPV4: maybe(list(fc.constantFrom('10.0.0.1/24', '10.0.0.2/24', 'junk'))) },
  ...{
    MasterIndex: maybe(number),
    OfPort: maybe(number),
    Vlan: maybe(number),
    Tag: maybe(number),
    Trunks: maybe(list(number)),
  },
  ...{
    FDB: maybe(list(neighbour)),
    Neighbors: maybe(list(neighbour)),
    LinkFlags: maybe(list(fc.constantFrom('UP', 'NOARP'))),
  },
  RoutingTables: maybe(list(fc.record({ ID: maybe(number), Routes: maybe(list(route)) }))),
  RoutingRules: maybe(
    list(
      fc.record({
        Priority: maybe(number),
        Action: maybe(fc.constantFrom('lookup', 'goto', 'blackhole')),
        Table: maybe(number),
        Goto: maybe(number),
      }),
    ),
  ),
  Vxlan: maybe(
    fc.record({ VNI: maybe(number), Local: maybe(address), Remote: maybe(address), External: maybe(fc.boolean()) }),
  ),
  Tunnel: maybe(fc.record({ Local: maybe(address), Remote: maybe(address), IKey: maybe(number) })),
  Ovs: maybe(
    fc.record({
      Type: maybe(fc.constantFrom('vxlan', 'gre')),
      Options: maybe(fc.record({ remote_ip: maybe(address), key: maybe(number) })),
    }),
  ),
  Bridge: maybe(fc.record({ VlanFiltering: maybe(fc.boolean()) })),
  BridgePort: maybe(fc.record({ State: maybe(fc.constantFrom('FORWARDING', 'BLOCKING')), Flood: maybe(fc.boolean()) })),
  ...{ Table: maybe(fc.constantFrom(0, 1)), Priority: maybe(number), Match: maybe(match), ActionsText: maybe(actions) },
  ...{ GroupId: maybe(fc.constant(1)), GroupType: maybe(fc.constantFrom('all', 'select', 'ff', 'x')) },
  Buckets: maybe(
    list(
      fc.record({
        Actions: maybe(
          list(
            fc.record({
              Type: maybe(fc.constantFrom('output', 'group', 'set_field', 'x')),
              Arguments: maybe(fc.record({ Port: maybe(number), GroupId: maybe(fc.constant(1)) })),
            }),
          ),
        ),
      }),
    ),
  ),
  ...{
    Services: maybe(list(fc.record({ Pid: maybe(number), Protocol: maybe(fc.constant('TCP')), Port: maybe(number) }))),
    LinkNetNsName: maybe(fc.constantFrom('a', 'b')),
  },
});

const NODES = 14;
const node = fc.nat(NODES - 1);
const edge = fc.record({
  parent: node,
  child: node,
  relation: fc.constantFrom('ownership', 'ownership', 'layer2', 'layer2', 'vlayer2'),
  type: fc.option(fc.constantFrom('veth', 'vlan', 'patch', 'macvlan', 'vxlan'), { nil: undefined }),
});

/** So that most paths have a beginning; all else is as it comes. */
const everywhere = [{ ID: 254, Routes: [{ Prefix: '0.0.0.0/0', NextHops: [{ IfIndex: 2 }] }] }];
const skeleton: readonly Metadata[] = [
  { Type: 'netns', Name: 'a', RoutingTables: null, RoutingRules: null },
  { Type: 'netns', Name: 'b', RoutingTables: null },
  { IfIndex: 2, IPV4: ['10.0.0.1/24'], RoutingTables: everywhere, LinkFlags: ['UP'], State: 'UP' },
  { IfIndex: 2, IPV4: ['10.0.0.2/24'], MAC: '02:00:00:00:00:02' },
];
const owned = [
  [0, 2],
  [1, 3],
  [0, 4],
  [1, 5],
  [9, 6],
  [9, 7],
] as const;

function graphOf(
  nodes: readonly unknown[],
  edges: readonly { parent: number; child: number; relation: string; type: string | undefined }[],
): Graph {
  const graph = new Graph({ indexed: ['Name', 'Type'] });
  const changes: Change[] = nodes.map((said, at) => {
    const metadata = { ...defined(said), ...(skeleton[at] ?? {}) };
    return { kind: 'node', id: `n${at}`, metadata, owns: new Set() };
  });
  for (const [owner, child] of owned)
    changes.push({ kind: 'edge', parent: `n${owner}`, child: `n${child}`, metadata: { RelationType: 'ownership' } });
  for (const { parent, child, relation, type } of edges)
    changes.push({
      kind: 'edge',
      parent: `n${parent}`,
      child: `n${child}`,
      metadata: { RelationType: relation, ...(type && { Type: type }) },
    });
  graph.apply(changes, { host: 'test', origin: 'text.test', time: 1000 });
  return graph;
}

function defined(said: unknown): Metadata {
  return JSON.parse(JSON.stringify(said)) as Metadata;
}

test('random graphs give a path, or a Mistake, within a bound', () => {
  const ends = { yes: 0, no: 0, unknown: 0, mistake: 0 };
  fc.assert(
    fc.property(
      fc.array(metadata, { minLength: NODES, maxLength: NODES }),
      fc.array(edge, { maxLength: 40 }),
      fc.constantFrom('a', 'b', 'n0', 'n3', '10.0.0.1', 'pid:1'),
      fc.constantFrom('10.0.0.2', 'b', 'n5', '10.0.1.1', 'fd00::1', 'process:x'),
      (nodes, edges, from, to) => {
        try {
          const { there } = walked(
            graphOf(nodes, edges),
            { from, to, protocol: 6, port: 80, isBoth: true },
            { items: 300_000 },
          );
          ends[there.reaches]++;
          expect(there.hops.length).toBeLessThan(5_000);
        } catch (error) {
          if (!(error instanceof Mistake)) throw error;
          ends.mistake++;
        }
      },
    ),
    { numRuns: 1_000 },
  );
  // Some of all: it did not end before it began.
  expect(Math.min(ends.no, ends.unknown, ends.mistake)).toBeGreaterThan(20);
});
