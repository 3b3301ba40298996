/** What translations of addresses make of a packet. */
import type { GraphNode, Metadata } from '../../../graph/element.ts';
import { contains, parseAddress, parsePrefix } from '../../../std/address.ts';
import { canonical, prefixesOf, textOf, textsIn } from '../atlas.ts';
import type { Packet } from '../packet.ts';
import { isLinkLocal, isLoopback } from '../source-address.ts';
import type { ElementSet } from './chains.ts';
import { joinedFact } from './conditions.ts';
import { leadsTo } from './elements.ts';
import type { Facts } from './facts.ts';
import { open, type Truth, YES } from './truth.ts';

export type NatKind = 'snat' | 'dnat' | 'masquerade' | 'redirect';

export interface Translated {
  readonly kind: NatKind;
  readonly packet: Packet;
  /** It may be another of these just as well. */
  readonly choice?: string;
}

export interface NatQuestion {
  readonly facts: Facts;
  readonly set: (name: string) => ElementSet | undefined;
  /** Of masquerading: who is next on the way. */
  readonly nextHop: string | undefined;
}

/** Undefined: it does not apply to this packet. */
export function translated(
  clause: Metadata,
  { facts, set, nextHop }: NatQuestion,
): { readonly truth: Truth; readonly done?: Translated } | undefined {
  const { packet, place } = facts;
  const kind = clause.Do as NatKind;
  const family = textOf(clause.Family);
  if (family !== undefined && (family === 'ip') !== (packet.family === 4)) return undefined;
  const target = targetOf(clause, facts, set);
  if (target === undefined) return undefined;
  if ('doubt' in target) return { truth: target };
  const { address, port } = target;
  const truth = target.truth;
  if (kind === 'masquerade') {
    const own = place.oif && addressFor(place.oif, packet, nextHop);
    if (own === undefined) return { truth: open('the address that it masquerades with') };
    return { truth, done: { kind, packet: { ...packet, source: own } } };
  }
  if (kind === 'redirect') {
    const own = place.iif ? addressFor(place.iif, packet, undefined) : packet.family === 4 ? '127.0.0.1' : '::1';
    if (own === undefined) return { truth: open('the address that it redirects to') };
    const to = firstOf(port);
    return { truth, done: { kind, packet: { ...packet, destination: own, ...portedTo(packet, to) } } };
  }
  const to = address === undefined ? undefined : canonical(firstOf(address) ?? '');
  if (address !== undefined && to === undefined) return { truth: open(`the address ${address}`) };
  const choice = address !== undefined && /-/.test(address) ? { choice: address } : {};
  const changed: Packet =
    kind === 'snat'
      ? { ...packet, source: to ?? packet.source, ...(port !== undefined && { sourcePort: Number(firstOf(port)) }) }
      : { ...packet, destination: to ?? packet.destination, ...portedTo(packet, firstOf(port)) };
  return { truth, done: { kind, packet: changed, ...choice } };
}

interface Target {
  readonly address: string | undefined;
  readonly port: string | undefined;
  readonly truth: Truth;
}

/** Said outright, or looked up in a map by what the packet is. */
function targetOf(
  clause: Metadata,
  facts: Facts,
  set: NatQuestion['set'],
): Target | (Truth & { readonly doubt: object }) | undefined {
  const key = textOf(clause.Key);
  if (key === undefined) return { address: textOf(clause.Address), port: textOf(clause.Port), truth: YES };
  const named = textOf(clause.MapName);
  const map = named === undefined ? textsIn(clause.Map) : set(named)?.elements;
  const asked = joinedFact(key, facts);
  if (asked === undefined) return undefined;
  if (map === undefined || asked.truth.doubt?.kind === 'open')
    return { holds: false, doubt: { kind: 'open', why: asked.truth.doubt?.why ?? `the map ${named}` } };
  const found = leadsTo(asked.value, map);
  if (found === undefined) {
    if (clause.IsCut === true || (named !== undefined && set(named)?.isOpen === true))
      return { holds: false, doubt: { kind: 'open', why: 'elements of a map that are not told' } };
    return undefined;
  }
  const [address, port] = found.split(' . ');
  return { address, port, truth: asked.truth };
}

function portedTo({ protocol }: Packet, port: string | undefined): Partial<Packet> {
  return port === undefined || protocol === ICMP || protocol === ICMPV6 ? {} : { destinationPort: Number(port) };
}

const ICMP = 1;
const ICMPV6 = 58;

function firstOf(range: string | undefined): string | undefined {
  return range?.split('-', 1)[0];
}

/** inet_select_addr(): one on the network of the next hop, else the first that is not only for the link. */
function addressFor({ metadata }: GraphNode, { family }: Packet, nextHop: string | undefined): string | undefined {
  const own = prefixesOf(metadata).filter((text) => parsePrefix(text)?.family === family && !isLoopback(text));
  const next = nextHop === undefined ? undefined : parseAddress(nextHop);
  const near = own.find((text) => {
    const prefix = parsePrefix(text);
    return next !== undefined && prefix !== undefined && contains(prefix, next);
  });
  const found = near ?? own.find((text) => !isLinkLocal(text)) ?? own[0];
  return found === undefined ? undefined : canonical(found.split('/', 1)[0] as string);
}
