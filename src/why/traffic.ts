/** What packets of a conversation look like on the way that they took when all was well. */

import { type Atlas, canonical, textOf } from '../query/forwarding/atlas.ts';
import type { Traffic } from './fact.ts';
import type { Conversation, Judgement } from './judge.ts';

export function trafficOf(
  { source, destination, port, protocol, end }: Conversation,
  then: Judgement,
  atlas: Atlas,
): Traffic {
  const addresses = new Set([source, destination]);
  const macs = new Set<string>();
  const ports = new Set(port === undefined ? [] : [port]);
  const hops = [...then.there.hops, ...(then.back?.hops ?? [])];
  const onPath = new Set(hops.map(({ node }) => node.id));
  for (const { how, node } of hops) {
    const gateway = how.route?.gateway === undefined ? undefined : canonical(how.route.gateway);
    if (gateway !== undefined) addresses.add(gateway);
    for (const text of [how.tunnel?.remote, how.tunnel?.local]) if (text !== undefined) addresses.add(text);
    // What is translated is other packets from there on.
    for (const text of [how.nat?.newFrom, how.nat?.newTo]) if (text !== undefined) addresses.add(addressIn(text));
    const newPort = how.nat === undefined || how.nat.isBack ? undefined : portIn(how.nat.newTo);
    if (newPort !== undefined) ports.add(newPort);
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
  return { addresses, taken, macs, ports, protocol, end, holders };
}

function portIn(text: string): number | undefined {
  const [, port] = /^(?:\[.*\]|[^:]*):(\d+)$/.exec(text) ?? [];
  return port === undefined ? undefined : Number(port);
}

/** Of `10.0.0.1:80`, `[fd00::1]:80`, or an address alone. */
function addressIn(end: string): string {
  const [, six] = /^\[(.*)\]/.exec(end) ?? [];
  if (six !== undefined) return six;
  return end.includes('.') ? (end.split(':', 1)[0] as string) : end;
}
