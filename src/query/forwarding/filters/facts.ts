/** What a rule can ask of a packet, answered from what is known of it and of where it is. */
import type { GraphNode } from '../../../graph/element.ts';
import { parseAddress } from '../../../std/address.ts';
import { originOf } from '../../origin.ts';
import { routeOf } from '../../routing.ts';
import { type Atlas, nameOf, numberOf } from '../atlas.ts';
import type { Packet } from '../packet.ts';
import type { Tuple } from './tracking.ts';

export interface Place {
  readonly atlas: Atlas;
  readonly namespace: GraphNode;
  readonly hook: string;
  readonly iif: GraphNode | undefined;
  readonly oif: GraphNode | undefined;
  /** Where rules look at frames: on a bridge, or at a device. */
  readonly link?: {
    readonly bridge: GraphNode | undefined;
    readonly sourceMac: string | undefined;
    readonly targetMac: string | undefined;
    readonly tags: readonly number[];
  };
}

export interface Tracked {
  readonly state: 'new' | 'established' | 'related' | 'invalid' | 'untracked';
  /** As the first packet was when it came. */
  readonly original: Tuple;
  readonly isReply: boolean;
  readonly isSourceChanged: boolean;
  readonly isDestinationChanged: boolean;
}

export interface Facts {
  readonly packet: Packet;
  readonly place: Place;
  readonly tracked: Tracked;
  /** Undefined: a rule has made it something that is not known. */
  readonly mark: number | undefined;
  readonly connectionMark: number | undefined;
}

/** A fact, as text; `never`: the question cannot be answered for such a packet, and so no rule that asks it applies. */
export type Fact =
  | { readonly kind: 'known'; readonly value: string }
  /** It is so unless something is out of the ordinary. */
  | { readonly kind: 'usual'; readonly value: string; readonly why: string }
  /** Any number of these. */
  | { readonly kind: 'between'; readonly from: number; readonly to: number; readonly why: string }
  | { readonly kind: 'never' }
  | { readonly kind: 'open'; readonly why: string };

const NEVER: Fact = { kind: 'never' };

export function factOf(key: string, facts: Facts): Fact {
  const { packet, place, tracked } = facts;
  const { iif, oif } = place;
  const { protocol } = packet;
  switch (key) {
    case 'iifname':
      return iif ? known(nameOf(iif)) : NEVER;
    case 'oifname':
      return oif ? known(nameOf(oif)) : NEVER;
    case 'iif':
      return iif ? known(`${numberOf(iif.metadata.IfIndex) ?? 0}`) : NEVER;
    case 'oif':
      return oif ? known(`${numberOf(oif.metadata.IfIndex) ?? 0}`) : NEVER;
    case 'ip saddr':
    case 'ip6 saddr':
      return isOf(key, packet) ? known(packet.source) : NEVER;
    case 'ip daddr':
    case 'ip6 daddr':
      return isOf(key, packet) ? known(packet.destination) : NEVER;
    case 'ip protocol':
    case 'ip6 nexthdr':
      return isOf(key, packet) ? protocolFact(protocol) : NEVER;
    case 'meta l4proto':
      return protocolFact(protocol);
    case 'meta nfproto':
      return known(packet.family === 4 ? 'ipv4' : 'ipv6');
    case 'meta protocol':
    case 'ether type':
      // Where a frame has a tag it depends on the device which of both is looked at.
      if ((place.link?.tags.length ?? 0) > 0) return { kind: 'open', why: `the ${key} of a frame with a VLAN tag` };
      return known(packet.family === 4 ? 'ip' : 'ip6');
    case 'ether saddr':
      return macFact(place.link?.sourceMac, key);
    case 'ether daddr':
      return macFact(place.link?.targetMac, key);
    case 'meta ibrname':
      return place.link?.bridge && iif ? known(nameOf(place.link.bridge)) : NEVER;
    case 'meta obrname':
      return place.link?.bridge && oif ? known(nameOf(place.link.bridge)) : NEVER;
    case 'icmp type':
      return protocol === 1 ? known(tracked.isReply ? 'echo-reply' : 'echo-request') : NEVER;
    case 'icmpv6 type':
      return protocol === 58 ? known(tracked.isReply ? 'echo-reply' : 'echo-request') : NEVER;
    case 'icmp code':
    case 'icmpv6 code':
      return protocol === 1 || protocol === 58 ? known('0') : NEVER;
    case 'tcp flags':
      if (protocol !== TCP) return NEVER;
      return known(tracked.isReply ? 'syn,ack' : 'syn');
    case 'ct state':
      return known(tracked.state);
    case 'ct direction':
      return known(tracked.isReply ? 'reply' : 'original');
    case 'ct status':
      return known(statusOf(tracked));
    case 'ct zone':
      return { kind: 'usual', value: '0', why: 'it is in no zone of connection tracking' };
    case 'ct original ip saddr':
    case 'ct original ip6 saddr':
      return known(tracked.original.source);
    case 'ct original ip daddr':
    case 'ct original ip6 daddr':
      return known(tracked.original.destination);
    case 'ct original proto-dst':
      return portFact(tracked.original.destinationPort);
    case 'meta mark':
      return markFact(facts.mark, 'the packet');
    case 'ct mark':
      return markFact(facts.connectionMark, 'the connection');
    case 'meta skuid':
    case 'meta skgid':
      // Only what is sent from here has a socket.
      return iif === undefined ? { kind: 'open', why: 'who sends it' } : NEVER;
    case 'meta pkttype':
      return known('host');
    case 'ip dscp':
      return { kind: 'usual', value: 'cs0', why: 'it asks for no special service (DSCP)' };
    case 'ip frag-off':
      return { kind: 'usual', value: '0', why: 'it is not cut into fragments' };
    case 'fib daddr type':
      return known(addressType(packet.destination, place));
    case 'fib saddr type':
      return known(addressType(packet.source, place));
    case 'fib saddr . iif oif':
      return iif ? known(isWayBack(packet.source, place) ? 'exists' : 'missing') : NEVER;
  }
  const [, header, field] = /^(tcp|udp|sctp|dccp|udplite|th) (sport|dport)$/.exec(key) ?? [];
  if (header !== undefined) {
    if (protocol === undefined) return { kind: 'open', why: 'its protocol' };
    if (header === 'th' ? !PORTED.has(protocol) : NUMBERS[header] !== protocol) return NEVER;
    const isReply = tracked.isReply;
    if (field === 'dport') return isReply ? ownPortFact(packet.destinationPort) : portFact(packet.destinationPort);
    return isReply ? portFact(packet.sourcePort) : ownPortFact(packet.sourcePort);
  }
  return { kind: 'open', why: key.startsWith('xt ') ? `the match ${key.slice(3)} of iptables` : key };
}

const TCP = 6;
const NUMBERS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, dccp: 33, sctp: 132, udplite: 136 };
const PORTED = new Set(Object.values(NUMBERS));
const NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 47: 'gre', 58: 'ipv6-icmp' };
const MORE_NAMES: Readonly<Record<number, string>> = {
  ...{ 4: 'ipencap', 41: 'ipv6', 50: 'esp', 51: 'ah', 132: 'sctp', 136: 'udplite', 33: 'dccp' },
};

function known(value: string): Fact {
  return { kind: 'known', value };
}

function isOf(key: string, { family }: Packet): boolean {
  return key.startsWith(family === 4 ? 'ip ' : 'ip6 ');
}

function protocolFact(protocol: number | undefined): Fact {
  if (protocol === undefined) return { kind: 'open', why: 'its protocol' };
  return known(NAMES[protocol] ?? MORE_NAMES[protocol] ?? `${protocol}`);
}

function macFact(mac: string | undefined, key: string): Fact {
  return mac === undefined ? { kind: 'open', why: key } : known(mac);
}

function portFact(port: number | undefined): Fact {
  return port === undefined ? { kind: 'open', why: 'the port that it is sent to' } : known(`${port}`);
}

/** Of whoever begins: where nobody says otherwise the system takes one that is not reserved (net.ipv4.ip_local_port_range). */
function ownPortFact(port: number | undefined): Fact {
  if (port !== undefined) return known(`${port}`);
  return { kind: 'between', from: 1024, to: 65_535, why: 'the port that it is sent from' };
}

function markFact(mark: number | undefined, whose: string): Fact {
  if (mark === undefined) return { kind: 'open', why: `the mark of ${whose}` };
  const value = `0x${mark.toString(16).padStart(8, '0')}`;
  return mark === 0 ? { kind: 'usual', value, why: `${whose} has no mark` } : known(value);
}

function statusOf({ isSourceChanged, isDestinationChanged, isReply }: Tracked): string {
  const flags = [isReply ? 'seen-reply' : '', isSourceChanged ? 'snat' : '', isDestinationChanged ? 'dnat' : ''];
  return flags.filter((flag) => flag !== '').join(',');
}

function addressType(text: string, { atlas, namespace }: Place): string {
  const address = parseAddress(text);
  if (address === undefined) return 'unspec';
  const first = address.bytes[0] as number;
  if (address.family === 4 ? first >= 224 && first < 240 : first === 0xff) return 'multicast';
  if (text === '255.255.255.255') return 'broadcast';
  if (text === '::1' || (address.family === 4 && first === 127)) return 'local';
  const own = atlas.holders(text).some((node) => atlas.namespace(node)?.id === namespace.id);
  if (own) return 'local';
  const way = routeOf({ text, address }, originOf(namespace, atlas.view));
  if (way.kind === 'refused') return way.reason === 'no route' ? 'unicast' : way.reason;
  return way.type;
}

function isWayBack(source: string, { atlas, namespace, iif }: Place): boolean {
  const address = parseAddress(source);
  if (address === undefined) return false;
  const way = routeOf({ text: source, address }, originOf(namespace, atlas.view));
  return way.kind === 'found' && way.ifIndex === numberOf(iif?.metadata.IfIndex);
}
