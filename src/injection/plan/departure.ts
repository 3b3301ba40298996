/** By which interface a packet leaves, and which neighbour it is given to. */
import type { GraphNode } from '../../graph/element.ts';
import { type Atlas, nameOf, prefixesOf, textOf } from '../../query/forwarding/atlas.ts';
import type { EndPoint } from '../../query/forwarding/ends.ts';
import { originOf } from '../../query/origin.ts';
import { type RouteFound, type RouteRefused, routeOf } from '../../query/routing.ts';
import { type Address, contains, parseAddress, parsePrefix } from '../../std/address.ts';
import { macText } from '../../std/addresstext.ts';
import { mistake } from '../../std/mistake.ts';
import type { InjectionAsked, InjectionWay } from '../injection.ts';
import type { LinkAddresses } from '../order.ts';
import { groupMac, macBytes } from '../packet/ethernet.ts';
import type { Addresses } from './addresses.ts';
import { blank } from './checked.ts';
import { isOfLink } from './zone.ts';

export interface Departure {
  readonly by: GraphNode;
  /** Absent: it is given to the stack, or the interface has no Ethernet. */
  readonly link: LinkAddresses | undefined;
  /** As asked; what a namespace sends to itself goes by its stack, unless a link was asked for. */
  readonly way: InjectionWay;
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
  const isOwn =
    (inNamespace.kind === 'found' && inNamespace.type === 'local') ||
    atlas.holders(addresses.destination).some((node) => atlas.namespace(node)?.id === namespace.id);
  if (way === 'stack' || (isOwn && isLeftOpen(asked) && textOf(named?.metadata.EncapType) !== 'loopback'))
    return {
      by: (isOfLink(addresses.destination) && named) || (routed ?? named ?? namespace),
      link: undefined,
      way: 'stack',
    };
  const by = named ?? routed;
  if (by === undefined)
    throw mistake(
      'injection.no-route',
      `Not able to find a source node: no route leads from ${from.text} to ${addresses.destination}`,
      'name an interface',
    );
  const hardware = textOf(by.metadata.EncapType);
  if (hardware !== undefined && hardware !== 'ether' && hardware !== 'loopback') return { by, link: undefined, way };
  const sourceMac = macSaid(asked.SrcMAC) ?? textOf(by.metadata.MAC) ?? (hardware === 'loopback' ? NO_MAC : undefined);
  if (sourceMac === undefined)
    throw mistake(
      'injection.no-source-mac',
      `No source MAC in node and user input: ${nameOf(by)} has none`,
      'SrcMAC, or an interface of Ethernet',
    );
  const onLink = by === routed ? inNamespace : routeFrom(atlas, by, addresses);
  const nextHop = (onLink.kind === 'found' ? onLink.gateway : undefined) ?? addresses.destination;
  const destinationMac = macSaid(asked.DstMAC) ?? macOfMany(addresses.destination, by);
  if (destinationMac !== undefined) return { by, link: { sourceMac, destinationMac, nextHop }, way };
  if (hardware === 'loopback') return { by, link: { sourceMac, destinationMac: NO_MAC, nextHop }, way };
  if (isOwn)
    throw mistake(
      'injection.own-address',
      `Failed to resolve destination MAC address: ${addresses.destination} is the source's own, and no frame leads there`,
      'Way: stack',
    );
  const known = onLink.kind === 'found' ? macOf(onLink) : undefined;
  const lastMac = known === undefined ? macOfHolder(atlas, nextHop) : undefined;
  return {
    by,
    way,
    link: {
      sourceMac,
      ...(known !== undefined && { destinationMac: known }),
      nextHop,
      ...(lastMac !== undefined && { lastMac }),
    },
  };
}

const EVERYBODY = 'ff:ff:ff:ff:ff:ff';
const NO_MAC = '00:00:00:00:00:00';

/** Nothing that was said means a frame. */
function isLeftOpen({ DstMAC, SrcMAC, Way }: InjectionAsked): boolean {
  return Way === undefined && blank(DstMAC) && blank(SrcMAC);
}

/** Groups and broadcasts are asked of nobody, and are not sent to a router. */
function macOfMany(destination: string, { metadata }: GraphNode): string | undefined {
  const address = parseAddress(destination);
  const group = address && groupMac(address.bytes);
  if (group) return macText(group);
  return address && prefixesOf(metadata).some((prefix) => isLastOf(prefix, address)) ? EVERYBODY : undefined;
}

/** The broadcast address of a network (RFC 919); of two addresses both are hosts (RFC 3021). */
function isLastOf(text: string, address: Address): boolean {
  const prefix = parsePrefix(text);
  if (prefix?.family !== 4 || prefix.length < 1 || prefix.length > 30 || !contains(prefix, address)) return false;
  const number = new DataView(address.bytes.buffer, address.bytes.byteOffset).getUint32(0);
  return (number | (0xffff_ffff << (32 - prefix.length))) === -1;
}

/** As the graph writes them, however it was said. */
function macSaid(text: string | undefined): string | undefined {
  const bytes = macBytes(text ?? '');
  return bytes && macText(bytes);
}

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
