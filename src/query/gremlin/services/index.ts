/** What `call('name', …)` reaches on the network graph. A new one is a file and a line here. */
import type { PacketTest } from '../../step.ts';
import type { Service } from '../service.ts';
import { captureNode } from './capture-node.ts';
import { diff } from './diff.ts';
import { flows } from './flows.ts';
import { history } from './history.ts';
import { hops } from './hops.ts';
import { metrics } from './metrics.ts';
import { nextHop } from './next-hop.ts';
import { nodes } from './nodes.ts';
import { rawPackets } from './raw-packets.ts';
import { ascendants, descendants, neighbors } from './reach.ts';
import { shortestPath } from './shortest-path.ts';
import { sockets } from './sockets.ts';

/** `matchFilter`: reads packet filters, where they are understood. */
export function networkServicesWith(matchFilter: ((expression: string) => PacketTest) | undefined): readonly Service[] {
  return [
    ascendants,
    captureNode,
    descendants,
    diff,
    flows,
    history,
    hops,
    metrics,
    neighbors,
    nextHop,
    nodes,
    rawPackets(matchFilter),
    shortestPath,
    sockets,
  ];
}

export const networkServices = networkServicesWith(undefined);
