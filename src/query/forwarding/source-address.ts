/** Which address a packet gets that starts in a namespace: what the route prefers, else one of the interface (RFC 6724 in short). */
import type { GraphNode } from '../../graph/element.ts';
import { contains, parseAddress, parsePrefix } from '../../std/address.ts';
import { originOf } from '../origin.ts';
import { routeOf } from '../routing.ts';
import { type Atlas, canonical, prefixesOf } from './atlas.ts';

export interface SourceAddress {
  readonly address: string;
  /** The interface it leaves by. */
  readonly by: GraphNode | undefined;
}

export function sourceFor(atlas: Atlas, namespace: GraphNode, destination: string): SourceAddress | undefined {
  const address = parseAddress(destination);
  if (address === undefined) return undefined;
  const origin = originOf(namespace, atlas.view);
  const way = routeOf({ text: destination, address }, origin);
  if (way.kind === 'refused') return undefined;
  const by = way.ifIndex === undefined ? undefined : origin.interfaceBy(way.ifIndex);
  // What is sent to oneself comes from there too.
  if (way.type === 'local') return { address: destination, by };
  const preferred = way.source === undefined ? undefined : canonical(way.source);
  if (preferred !== undefined && parseAddress(preferred)?.family === address.family) return { address: preferred, by };
  const next = parseAddress(way.gateway ?? destination) ?? address;
  const own = by === undefined ? [] : prefixesOf(by.metadata);
  const all = [...own, ...[...atlas.interfaces(namespace)].flatMap(({ metadata }) => prefixesOf(metadata))];
  const usable = all.filter((text) => parsePrefix(text)?.family === address.family && !isLoopback(text));
  const onLink = own.find((text) => {
    const prefix = parsePrefix(text);
    // Of IPv6 the scope comes before the network (RFC 6724, rule 2): routers have fe80::… as next hops.
    const isInScope = address.family === 4 || isLinkLocal(text) === isLinkLocal(destination);
    return isInScope && prefix !== undefined && contains(prefix, next);
  });
  const found = onLink ?? usable.find((text) => isLinkLocal(text) === isLinkLocal(destination)) ?? usable[0];
  const chosen = found === undefined ? undefined : canonical(found.split('/', 1)[0] as string);
  return chosen === undefined ? undefined : { address: chosen, by };
}

export function isLoopback(text: string): boolean {
  return text.startsWith('127.') || text === '::1' || text.startsWith('::1/');
}

/** Of what nobody has an address for, or of a socket that listens on all. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

export function isLinkLocal(text: string): boolean {
  return /^(fe[89ab][0-9a-f]:|169\.254\.)/i.test(text);
}
