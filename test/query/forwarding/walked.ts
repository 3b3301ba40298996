/** Paths through graphs given as text. */
import type { Graph } from '../../../src/graph/graph.ts';
import { readGraph } from '../../../src/graph/text.ts';
import { forwardingPath, type PathAnswer, type PathQuestion, type Travel } from '../../../src/query/forwarding/path.ts';
import { Budget, defaultLimits, type Limits } from '../../../src/query/limits.ts';

export function walked(on: string | Graph, question: PathQuestion, limits: Partial<Limits> = {}): PathAnswer {
  const graph = typeof on === 'string' ? readGraph(on) : on;
  const budget = new Budget({ ...defaultLimits, ...limits }, () => 0, undefined);
  const walk = forwardingPath(question, graph.now(), budget);
  for (let step = walk.next(); ; step = walk.next()) if (step.done === true) return step.value;
}

/** `NODE KIND` of each hop, then how it ended. */
export function lines({ hops, reaches, reason }: Travel): string[] {
  return [
    ...hops.map(({ node, how }) => `${node.id} ${how.kind}`),
    reason === undefined ? reaches : `${reaches}: ${reason}`,
  ];
}

/** A namespace with one interface, which has an address and reaches its network over it. */
export function host(name: string, address: string, more: Readonly<Record<string, unknown>> = {}): string {
  const prefix = `${address.split('.').slice(0, 3).join('.')}.0/24`;
  const metadata = {
    Name: 'eth0',
    IfIndex: 2,
    MAC: macOf(address),
    MTU: 1500,
    IPV4: [`${address}/24`],
    RoutingTables: [
      { ID: 254, Src: address, Routes: [{ Protocol: 2, Prefix: prefix, NextHops: [{ Priority: 0, IfIndex: 2 }] }] },
    ],
    ...more,
  };
  return `netns:${name} -ownership-> veth:${name}/eth0 ${JSON.stringify(metadata)}`;
}

/** What listens in the namespace of a host. */
export function serving(name: string, port: number): string {
  return `netns:${name} {"Services":[{"Protocol":"TCP","Address":"0.0.0.0","Port":${port}}]}`;
}

export function macOf(address: string): string {
  return `02:00:${address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
}

/** A cable from the interface of a host to a port of something. */
export function cable(name: string, port: string): string {
  return `veth:${name}/eth0 {"Name":"eth0"} -layer2{"Type":"veth"}-> ${port}${port.endsWith('/eth0') ? ' {"Name":"eth0"}' : ''}`;
}

const flags = '"LinkFlags":["UP"]';

/** Two hosts on the ports p1 and p2 of the bridge br0 in the namespace m. */
export function bridged(port1: string, port2: string, bridge = ''): string {
  return `
    ${host('a', '10.0.0.1')}
    ${host('b', '10.0.0.2')}
    netns:m -ownership-> bridge:br0 {"IfIndex":9,"MTU":1500,${flags}${bridge}}
    netns:m -ownership-> veth:p1 {"IfIndex":11,"MasterIndex":9,"MTU":1500,${flags}${port1}}
    netns:m -ownership-> veth:p2 {"IfIndex":12,"MasterIndex":9,"MTU":1500,${flags}${port2}}
    bridge:br0 -layer2-> veth:p1
    bridge:br0 -layer2-> veth:p2
    ${cable('a', 'veth:p1')}
    ${cable('b', 'veth:p2')}`;
}
