/** What packets of a conversation look like on the way that they took when all was well. */

import type { GraphView } from '../graph/view.ts';
import { addressesOf, canonical, textOf } from '../query/forwarding/atlas.ts';
import type { Traffic } from './fact.ts';
import type { Conversation, Judgement } from './judge.ts';

export function trafficOf({ source, destination, port }: Conversation, then: Judgement, view: GraphView): Traffic {
  const addresses = new Set([source, destination]);
  const macs = new Set<string>();
  const hops = [...then.there.hops, ...(then.back?.hops ?? [])];
  const onPath = new Set(hops.map(({ node }) => node.id));
  for (const { how, node } of hops) {
    const gateway = how.route?.gateway === undefined ? undefined : canonical(how.route.gateway);
    if (gateway !== undefined) addresses.add(gateway);
    if (how.tunnel?.remote !== undefined) addresses.add(how.tunnel.remote);
    const mac = textOf(node.metadata.MAC);
    if (mac !== undefined) macs.add(mac);
  }
  const holders = new Set<string>();
  const taken = new Set<string>();
  for (const node of view.nodes()) {
    const own = addressesOf(node.metadata).filter((address) => addresses.has(address));
    for (const address of own) taken.add(address);
    const mac = textOf(node.metadata.MAC);
    if (own.length > 0 || onPath.has(node.id) || (mac !== undefined && macs.has(mac))) holders.add(node.id);
  }
  return { addresses, taken, macs, port, holders };
}
