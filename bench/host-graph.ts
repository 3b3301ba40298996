/** 51 nodes as a real host has them: a bridge, and 12 namespaces with a veth pair and a loopback each. About 2 kB a node. */
import type { Change } from '../src/graph/change.ts';
import type { Metadata } from '../src/graph/element.ts';

export function* hostGraph(): Generator<Change> {
  yield node('host', 'host', {
    Hostname: 'bench',
    OS: 'linux',
    KernelVersion: '6.18.0',
    CPU: [{ Cores: 1, Mhz: 2596 }],
  });
  yield* interfaceOf('host', 'skyb-br', 'bridge', 2);
  yield* interfaceOf('host', 'lo', 'device', 1);
  for (let i = 0; i < 12; i++) {
    const namespace = `skyb-ns${i}`;
    yield node(namespace, 'netns', { Path: `/run/netns/${namespace}`, Inode: 4026532394 + i, Device: 4 });
    yield edge('host', namespace, 'ownership');
    yield* interfaceOf('host', `skyb-v${i}`, 'veth', 10 + i);
    yield* interfaceOf(namespace, `skyb-e${i}`, 'veth', 3);
    yield* interfaceOf(namespace, `lo-${i}`, 'device', 1);
    yield edge('skyb-br', `skyb-v${i}`, 'layer2');
    yield edge(`skyb-v${i}`, `skyb-e${i}`, 'layer2');
  }
}

function* interfaceOf(owner: string, name: string, type: string, ifIndex: number): Generator<Change> {
  yield node(name, type, {
    MAC: `02:00:00:00:00:${ifIndex.toString(16).padStart(2, '0')}`,
    MTU: 1500,
    State: 'UP',
    Driver: type,
    EncapType: 'ether',
    Speed: 10_000,
    IfIndex: ifIndex,
    LinkFlags: ['UP', 'BROADCAST'],
    IPV4: [`10.99.0.${ifIndex}/24`],
    TID: '31ff5140-4979-5ca3-6989-3312789f0066',
    Neighbors: [{ MAC: '02:00:00:00:00:0b', IP: '10.99.0.2', State: ['NUD_REACHABLE'], IfIndex: ifIndex }],
    FDB: [
      { Flags: ['NTF_SELF'], MAC: '33:33:00:00:00:01', State: ['NUD_PERMANENT'], IfIndex: ifIndex },
      { Flags: ['NTF_SELF'], MAC: '01:00:5e:00:00:01', State: ['NUD_PERMANENT'], IfIndex: ifIndex },
    ],
    Features: Object.fromEntries(Array.from({ length: 52 }, (_, i) => [`tx-offload-feature-${i}`, i % 3 === 0])),
  });
  yield edge(owner, name, 'ownership');
  const total = { RxBytes: 530_277, RxPackets: 66, TxBytes: 5_480, TxPackets: 59, RxDropped: 0, TxErrors: 0 };
  yield { kind: 'counters', id: `id-${name}`, series: 'Metric', total };
}

function node(name: string, type: string, more: Metadata): Change {
  return { kind: 'node', id: `id-${name}`, metadata: { Name: name, Type: type, ...more } };
}

function edge(parent: string, child: string, relation: string): Change {
  return { kind: 'edge', parent: `id-${parent}`, child: `id-${child}`, metadata: { RelationType: relation } };
}
