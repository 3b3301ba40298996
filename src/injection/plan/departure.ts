/** By which interface a packet leaves, and which neighbour it is given to. */
import type { GraphNode } from '../../graph/element.ts';
import { type Atlas, nameOf, textOf } from '../../query/forwarding/atlas.ts';
import type { EndPoint } from '../../query/forwarding/ends.ts';
import { originOf } from '../../query/origin.ts';
import { type RouteFound, type RouteRefused, routeOf } from '../../query/routing.ts';
import { parseAddress } from '../../std/address.ts';
import { mistake } from '../../std/mistake.ts';
import type { InjectionAsked, InjectionWay } from '../injection.ts';
import type { LinkAddresses } from '../order.ts';
import type { Addresses } from './addresses.ts';
import { blank } from './checked.ts';

export interface Departure {
  readonly by: GraphNode;
  /** Absent: it is given to the stack, or the interface has no Ethernet. */
  readonly link: LinkAddresses | undefined;
}

/** Throws a Mistake that begins as Skydive's. */
export function departureOf(
  atlas: Atlas,
  asked: InjectionAsked,
  given: {
    readonly from: EndPoint;
    readonly namespace: GraphNode;
    readonly way: InjectionWay;
    readonly addresses: Addresses;
  },
): Departure {
  const { from, namespace, way, addresses } = given;
  const named = from.node !== undefined && typeof from.node.metadata.IfIndex === 'number' ? from.node : undefined;
  const inNamespace = routeFrom(atlas, namespace, addresses);
  const routed = byOf(atlas, namespace, inNamespace);
  if (way === 'stack') return { by: routed ?? named ?? namespace, link: undefined };
  const by = named ?? routed;
  if (by === undefined)
    throw mistake(
      'injection.no-route',
      `Not able to find a source node: no route leads from ${from.text} to ${addresses.destination}`,
      'name an interface',
    );
  const hardware = textOf(by.metadata.EncapType);
  if (hardware !== undefined && hardware !== 'ether' && hardware !== 'loopback') return { by, link: undefined };
  const sourceMac = asked.SrcMAC?.trim() || textOf(by.metadata.MAC) || (hardware === 'loopback' ? NO_MAC : undefined);
  if (sourceMac === undefined)
    throw mistake(
      'injection.no-source-mac',
      `No source MAC in node and user input: ${nameOf(by)} has none`,
      'SrcMAC, or an interface of Ethernet',
    );
  const onLink = by === routed ? inNamespace : routeFrom(atlas, by, addresses);
  const nextHop = (onLink.kind === 'found' ? onLink.gateway : undefined) ?? addresses.destination;
  if (!blank(asked.DstMAC)) return { by, link: { sourceMac, destinationMac: asked.DstMAC?.trim() ?? '', nextHop } };
  if (hardware === 'loopback') return { by, link: { sourceMac, destinationMac: NO_MAC, nextHop } };
  if (inNamespace.kind === 'found' && inNamespace.type === 'local')
    throw mistake(
      'injection.own-address',
      `Failed to resolve destination MAC address: ${addresses.destination} is the source's own, and no frame leads there`,
      'Way: stack',
    );
  const known = onLink.kind === 'found' ? macOf(onLink) : undefined;
  const lastMac = known === undefined ? macOfHolder(atlas, nextHop) : undefined;
  return {
    by,
    link: {
      sourceMac,
      ...(known !== undefined && { destinationMac: known }),
      nextHop,
      ...(lastMac !== undefined && { lastMac }),
    },
  };
}

const NO_MAC = '00:00:00:00:00:00';

function routeFrom(atlas: Atlas, node: GraphNode, { source, destination }: Addresses): RouteFound | RouteRefused {
  const address = parseAddress(destination);
  const from = parseAddress(source);
  if (!address) throw new Error(`no address: ${destination}`);
  return routeOf({ text: destination, address }, originOf(node, atlas.view), { source: from });
}

function byOf(atlas: Atlas, namespace: GraphNode, way: RouteFound | RouteRefused): GraphNode | undefined {
  if (way.kind === 'refused' || way.ifIndex === undefined) return undefined;
  return atlas.byIndex(namespace, way.ifIndex);
}

/** It may be busy with its address still (RFC 4862 §5.4), and not answer for it. */
function macOfHolder(atlas: Atlas, address: string): string | undefined {
  const [holder, another] = atlas.holders(address);
  return another === undefined ? textOf(holder?.metadata.MAC) : undefined;
}

function macOf({ mac }: RouteFound): string | undefined {
  return mac !== undefined && mac !== NO_MAC ? mac : undefined;
}
