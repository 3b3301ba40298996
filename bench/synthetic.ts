/**
 * The graph that Skydive was measured with: one top-of-rack switch; for each 100 nodes a host, its uplink, a bridge, the
 * switch's port, and 32 namespaces with a veth pair each. 1.66 edges a node; ten edges from vi-1-1 to vi-90-3.
 */
import type { Change } from '../src/graph/change.ts';
import type { Metadata } from '../src/graph/element.ts';

/** Hosts for a graph of so many nodes: 100 gives 10,001 nodes and 16,600 edges. */
export function* syntheticChanges(hosts: number): Generator<Change> {
  yield node('tor', 'switch', 0, {});
  for (let host = 1; host <= hosts; host++) yield* hostChanges(host);
}

/** Keys that a server keeps indexes on. */
export const indexedKeys = ['Name', 'Type', 'TID', 'MAC', 'IPV4'];

const NAMESPACES = 32;

function* hostChanges(h: number): Generator<Change> {
  const [eth, bridge, port] = [`eth0-${h}`, `br-${h}`, `port-${h}`];
  const hostId = `host-${h}`;
  yield node(hostId, 'host', h, {});
  yield node(eth, 'device', h, { Driver: 'ixgbe', IfIndex: 2 });
  yield node(bridge, 'bridge', h, { Driver: 'bridge', IfIndex: 3 });
  yield node(port, 'switchport', h, { IfIndex: h });
  yield edge('tor', port, 'ownership');
  yield edge('tor', port, 'layer2');
  yield edge(port, eth, 'layer2');
  yield edge(bridge, eth, 'layer2');
  yield edge(hostId, eth, 'ownership');
  yield edge(hostId, bridge, 'ownership');
  for (let i = 1; i <= NAMESPACES; i++) {
    const [namespace, outer, inner] = [`ns-${h}-${i}`, `vo-${h}-${i}`, `vi-${h}-${i}`];
    yield node(namespace, 'netns', h, { Path: `/run/netns/${namespace}` });
    yield node(outer, 'veth', h, { Driver: 'veth', IfIndex: 10 + i, PeerIfIndex: 2 });
    yield node(inner, 'veth', h, { Driver: 'veth', IfIndex: 2, IPV4: [`10.${h >> 8}.${h & 255}.${i}/16`] });
    yield edge(hostId, namespace, 'ownership');
    yield edge(hostId, outer, 'ownership');
    yield edge(namespace, inner, 'ownership');
    yield edge(bridge, outer, 'layer2');
    yield edge(outer, inner, 'layer2');
  }
}

function node(name: string, type: string, host: number, more: Metadata): Change {
  const metadata = {
    Name: name,
    Type: type,
    TID: `tid-${name}`,
    MAC: macOf(name),
    MTU: 1500,
    State: 'UP',
    LinkFlags: ['UP', 'BROADCAST', 'MULTICAST'],
    Rack: host >> 5,
    ...more,
  };
  return { kind: 'node', id: `id-${name}`, metadata };
}

function edge(parent: string, child: string, relation: string): Change {
  return { kind: 'edge', parent: `id-${parent}`, child: `id-${child}`, metadata: { RelationType: relation } };
}

/** The same name has the same address in every run. */
function macOf(name: string): string {
  let hash = 2_166_136_261;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 16_777_619) >>> 0;
  const hex = hash.toString(16).padStart(8, '0');
  return `02:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6, 8)}`;
}
