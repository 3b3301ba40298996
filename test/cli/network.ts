/** A host with a bridge, and a namespace `blue` on the other end of a veth pair, behind a real server. */
import type { Change } from '../../src/graph/change.ts';
import type { Metadata } from '../../src/graph/element.ts';
import { type TestServer, type TestServerOptions, testServer } from '../api/server.ts';

const onLink = { Protocol: 2, Prefix: '10.0.0.0/24', NextHops: [{ Priority: 0, IfIndex: 2 }] };
export const byDefault = {
  Protocol: 3,
  Prefix: '0.0.0.0/0',
  NextHops: [{ Priority: 100, IP: '10.0.0.254', IfIndex: 2 }],
};

const rules = [
  { Family: 'ipv4', Priority: 0, Action: 'table', Table: 255 },
  { Family: 'ipv4', Priority: 32766, Action: 'table', Table: 254 },
];

export async function smallNetwork(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await testServer(options);
  server.say(
    node('h', { Name: 'h1', Type: 'host', KernelVersion: '6.1', Platform: 'debian', PlatformVersion: '12' }),
    node('ns', { Name: 'blue', Type: 'netns', Path: '/run/netns/blue', Inode: 4026532000, RoutingRules: rules }),
    node('br', { Name: 'br0', Type: 'bridge', IfIndex: 4, MTU: 1500, State: 'UP', AltNames: ['lan'] }),
    node('e0', {
      Name: 'eth0',
      Type: 'veth',
      IfIndex: 2,
      MTU: 1500,
      State: 'UP',
      MAC: '02:00:00:00:00:01',
      IPV4: ['10.0.0.1/24'],
      IPV6: ['fe80::1/64'],
      MasterIndex: 4,
      RoutingTables: [{ ID: 254, Src: '10.0.0.1', Routes: [onLink, byDefault] }],
      Neighbors: [{ IP: '10.0.0.2', MAC: '02:00:00:00:00:02', State: ['NUD_REACHABLE'], IfIndex: 2 }],
    }),
    node('e1', { Name: 'eth0', Type: 'veth', IfIndex: 3, MTU: 1400, State: 'DOWN', MAC: '02:00:00:00:00:02' }),
    edge('h', 'ns', 'ownership'),
    edge('h', 'br', 'ownership'),
    edge('h', 'e0', 'ownership'),
    edge('ns', 'e1', 'ownership'),
    edge('br', 'e0', 'layer2'),
    edge('e0', 'e1', 'layer2'),
  );
  return server;
}

function node(id: string, metadata: Metadata): Change {
  return { kind: 'node', id, metadata };
}

function edge(parent: string, child: string, relation: string): Change {
  return { kind: 'edge', id: `${parent}-${child}`, parent, child, metadata: { RelationType: relation } };
}
