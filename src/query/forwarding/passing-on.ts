/** Whether a namespace passes packets on, and takes them from where they come (net.ipv4.ip_forward, rp_filter). */
import type { GraphNode, Metadata } from '../../graph/element.ts';
import { parseAddress } from '../../std/address.ts';
import { type Origin, objectsIn, routeOf } from '../routing.ts';
import { nameOf, numberOf, objectOf } from './atlas.ts';
import type { Packet } from './packet.ts';

/** Undefined: nobody tells. */
export function passesOn(namespace: GraphNode, iif: GraphNode, family: 4 | 6): boolean | undefined {
  const key = family === 4 ? 'IPV4' : 'IPV6';
  const all = objectOf(namespace.metadata.Forwarding)[key];
  // For IPv6 it is the whole namespace that is a router, or not (ip6_forward()).
  const own = family === 4 ? objectOf(iif.metadata.Forwarding)[key] : undefined;
  const found = own ?? all;
  return typeof found === 'boolean' ? found : undefined;
}

export function notPassedOn(namespace: GraphNode, iif: GraphNode, family: 4 | 6): string {
  const isOwn = family === 4 && typeof objectOf(iif.metadata.Forwarding).IPV4 === 'boolean';
  if (isOwn)
    return `${nameOf(namespace)} does not forward what comes in by ${nameOf(iif)} (net.ipv4.conf.${nameOf(iif)}.forwarding)`;
  const setting = family === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
  return `${nameOf(namespace)} does not forward IPv${family} (${setting})`;
}

/** Why it is dropped as it comes from the wrong side (fib_validate_source()); undefined: it is not, or nobody can tell. */
export function wrongSide(namespace: GraphNode, iif: GraphNode, packet: Packet, origin: Origin): string | undefined {
  if (packet.family !== 4) return undefined;
  const filter = modeOf(iif.metadata) ?? modeOf(namespace.metadata);
  const address = parseAddress(packet.source);
  if (filter === undefined || address === undefined || packet.source === '0.0.0.0') return undefined;
  const way = routeOf({ text: packet.source, address }, origin);
  const drops = `(rp_filter is ${filter})`;
  if (way.kind === 'refused')
    return `${nameOf(namespace)} drops what comes from ${packet.source}, to which it has no route ${drops}`;
  if (filter === 'loose' || way.type !== 'unicast') return undefined;
  const index = numberOf(iif.metadata.IfIndex);
  const ways = [way.ifIndex, ...objectsIn([...way.hops]).map(({ IfIndex }) => numberOf(IfIndex))];
  if (ways.includes(index)) return undefined;
  return `${nameOf(namespace)} drops what comes from ${packet.source} by ${nameOf(iif)}, as answers would go another way ${drops}`;
}

/** The larger of both counts, and only that is told of an interface. */
function modeOf({ RPFilter }: Metadata): 'strict' | 'loose' | undefined {
  return RPFilter === 'strict' || RPFilter === 'loose' ? RPFilter : undefined;
}
