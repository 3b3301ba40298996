/** What packets of a conversation look like on the way that they took when all was well. */

import { type Atlas, canonical, textOf } from '../query/forwarding/atlas.ts';
import type { Traffic } from './fact.ts';
import type { Conversation, Judgement } from './judge.ts';

export function trafficOf({ source, destination, port }: Conversation, then: Judgement, atlas: Atlas): Traffic {
  const addresses = new Set([source, destination]);
  const macs = new Set<string>();
  const hops = [...then.there.hops, ...(then.back?.hops ?? [])];
  const onPath = new Set(hops.map(({ node }) => node.id));
  for (const { how, node } of hops) {
    const gateway = how.route?.gateway === undefined ? undefined : canonical(how.route.gateway);
    if (gateway !== undefined) addresses.add(gateway);
    for (const end of [how.tunnel?.remote, how.tunnel?.local]) if (end !== undefined) addresses.add(end);
    // What is translated is other packets from there on.
    for (const end of [how.nat?.newFrom, how.nat?.newTo]) if (end !== undefined) addresses.add(addressIn(end));
    const mac = textOf(node.metadata.MAC);
    if (mac !== undefined) macs.add(mac);
  }
  const holders = new Set<string>();
  const taken = new Map<string, ReadonlySet<string>>();
  for (const address of addresses) {
    const own = atlas.holders(address);
    if (own.length > 0) taken.set(address, new Set(own.map(({ id }) => id)));
    for (const { id } of own) holders.add(id);
  }
  for (const id of onPath) if (atlas.node(id) !== undefined) holders.add(id);
  for (const mac of macs) for (const { id } of atlas.withMac(mac)) holders.add(id);
  return { addresses, taken, macs, port, holders };
}

/** Of `10.0.0.1:80`, `[fd00::1]:80`, or an address alone. */
function addressIn(end: string): string {
  const [, six] = /^\[(.*)\]/.exec(end) ?? [];
  if (six !== undefined) return six;
  return end.includes('.') ? (end.split(':', 1)[0] as string) : end;
}
