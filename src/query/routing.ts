/**
 * Which way a packet would go: policy rules, then the longest prefix of a table, then the smallest metric, as ip-rule(8)
 * and ip-route(8) describe it. Read from the metadata `RoutingTables`, `RoutingRules` and `Neighbors`.
 *
 *     const origin = originOf(namespaceOrInterface, view);          // origin.ts; the view is of now or of any past moment
 *     const way = routeOf({ text: '192.0.2.1', address }, origin, { source: parseAddress('10.0.0.5') });
 *     if (way.kind === 'refused') way.reason;                       // 'unreachable' | 'blackhole' | 'prohibit' | 'no route'
 *     else origin.interfaceBy(way.ifIndex);                         // the node it leaves by
 */
import type { GraphNode, Metadata, Value } from '../graph/element.ts';
import { type Address, contains, parseAddress, parsePrefix } from '../std/address.ts';
import { isList } from './key.ts';
import type { NextHop } from './step.ts';

/** What is known of the place a packet starts from. */
export interface Origin {
  /** Of one interface, or of all in a namespace. */
  readonly tables: readonly Metadata[];
  readonly neighbours: readonly Metadata[];
  /** Of the namespace; none known: the tables local, main and default are asked, in this order. */
  readonly rules: readonly Metadata[];
  /** Addresses the packet may have, when it starts from one interface. */
  readonly addresses: readonly string[];
  /** That interface: packets leave through it and through no other. */
  readonly name: string | undefined;
  readonly ifIndex: number | undefined;
  /** Interfaces of the namespace, by their number there and by their name. */
  readonly interfaceBy: (key: number | string) => GraphNode | undefined;
}

/** What is known of the packet itself. What is left out is as of a packet that a plain socket here sends. */
export interface PacketFacts {
  readonly source?: Address | undefined;
  /** Name of the interface it came in by, when it is passed on and not made here. */
  readonly iif?: string | undefined;
  readonly mark?: number | undefined;
  readonly tos?: number | undefined;
  /** IANA number. */
  readonly protocol?: number | undefined;
  readonly sourcePort?: number | undefined;
  readonly destinationPort?: number | undefined;
  readonly uid?: number | undefined;
}

export interface RouteFound {
  readonly kind: 'found';
  /** Of `RoutingRules`; undefined where none are known. */
  readonly rule: Metadata | undefined;
  readonly table: number;
  /** Of `RoutingTables`: Prefix, Protocol, MTU… */
  readonly route: Metadata;
  /** 'unicast'; 'local': it is for this namespace; 'broadcast', 'multicast', 'anycast'… */
  readonly type: string;
  readonly length: number;
  readonly metric: number;
  /** The way that is shown of several. */
  readonly hop: Metadata;
  /** All ways of the same worth, of which the kernel takes one by a hash of the packet; with Weight when several. */
  readonly hops: readonly Metadata[];
  /** Undefined on the link. */
  readonly gateway: string | undefined;
  readonly ifIndex: number | undefined;
  /** Of the route, where it has one; the interface has its own. */
  readonly mtu: number | undefined;
  /** Preferred source, where the packet has none yet. */
  readonly source: string | undefined;
  /** Of the gateway or, on the link, of the destination, when the neighbour is known. */
  readonly mac: string | undefined;
}

export interface RouteRefused {
  readonly kind: 'refused';
  readonly reason: 'unreachable' | 'blackhole' | 'prohibit' | 'no route';
  /** The rule that refuses, or that led to the route that does. */
  readonly rule: Metadata | undefined;
  readonly table: number | undefined;
  readonly route: Metadata | undefined;
}

export interface Destination {
  readonly text: string;
  readonly address: Address;
}

const LOCAL = 255;
const MAIN = 254;
const DEFAULT = 253;

export function nextHop(to: Destination, origin: Origin): NextHop | undefined {
  const way = routeOf(to, origin);
  if (way.kind === 'refused') return undefined;
  return { priority: way.metric, ip: way.gateway ?? to.text, mac: way.mac, ifIndex: way.ifIndex };
}

export function routeOf(to: Destination, origin: Origin, packet: PacketFacts = {}): RouteFound | RouteRefused {
  const sought = { to: to.address, origin, packet };
  const ended = origin.rules.length > 0 ? byRules(sought) : byTables(sought);
  if (ended === undefined)
    return { kind: 'refused', reason: 'no route', rule: undefined, table: undefined, route: undefined };
  const { rule, found } = ended;
  if (found === undefined)
    return { kind: 'refused', reason: reasonOf(rule?.Action), rule, table: undefined, route: undefined };
  const { route, table, hop, hops, length } = found;
  if (isRefusing(route.Type)) return { kind: 'refused', reason: reasonOf(route.Type), rule, table, route };
  const gateway = textOf(hop.IP);
  const ifIndex = numberOf(hop.IfIndex);
  const ip = gateway ?? to.text;
  const mac = origin.neighbours.find(
    ({ IP, IfIndex }) => IP === ip && (ifIndex === undefined || IfIndex === undefined || IfIndex === ifIndex),
  )?.MAC;
  return {
    kind: 'found',
    rule,
    table,
    route,
    type: textOf(route.Type) ?? (table === LOCAL ? 'local' : 'unicast'),
    length,
    metric: found.metric,
    hop,
    hops,
    gateway,
    ifIndex,
    mtu: numberOf(route.MTU),
    source: textOf(route.Src) ?? found.source,
    mac: textOf(hop.MAC) ?? textOf(mac),
  };
}

/** Objects in a list; whatever else stands there is passed over. */
export function objectsIn(value: Value | undefined): readonly Metadata[] {
  return isList(value) ? value.filter(isObject) : [];
}

interface Sought {
  readonly to: Address;
  readonly origin: Origin;
  readonly packet: PacketFacts;
}

interface Found {
  readonly route: Metadata;
  readonly table: number;
  readonly hop: Metadata;
  readonly hops: readonly Metadata[];
  readonly length: number;
  readonly metric: number;
  readonly tos: number;
  /** Of the table. */
  readonly source: string | undefined;
}

/** Where the search ends: at a route, or at a rule that refuses. */
interface Ended {
  readonly rule: Metadata | undefined;
  readonly found: Found | undefined;
}

/** Types of routes and rules that end the search without a way; `throw` ends that in its table alone. */
const refusing = ['blackhole', 'unreachable', 'prohibit'] as const;

function isRefusing(type: Value | undefined): boolean {
  return refusing.some((one) => one === type);
}

function reasonOf(type: Value | undefined): RouteRefused['reason'] {
  return refusing.find((one) => one === type) ?? 'no route';
}

function byTables(sought: Sought): Ended | undefined {
  const ids = new Set([LOCAL, MAIN, DEFAULT, ...sought.origin.tables.map(idOf)]);
  for (const id of ids) {
    const found = longest(sought, id);
    if (found !== undefined && found.route.Type !== 'throw') return { rule: undefined, found };
  }
  return undefined;
}

function byRules(sought: Sought): Ended | undefined {
  const family = sought.to.family === 4 ? 'ipv4' : 'ipv6';
  const rules = sought.origin.rules
    .filter((rule) => (rule.Family ?? family) === family)
    .sort((a, b) => (numberOf(a.Priority) ?? 0) - (numberOf(b.Priority) ?? 0));
  // A goto leads forward only, so this ends.
  let from = Number.NEGATIVE_INFINITY;
  for (const rule of rules) {
    if ((numberOf(rule.Priority) ?? 0) < from || !applies(rule, sought)) continue;
    switch (rule.Action ?? 'lookup') {
      case 'lookup': {
        const table = rule.L3mdev === true ? domainOf(sought) : (numberOf(rule.Table) ?? MAIN);
        const found = table === undefined ? undefined : longest(sought, table);
        if (found === undefined || found.route.Type === 'throw') break;
        if (isRefusing(found.route.Type) || !isSuppressed(rule, found, sought)) return { rule, found };
        break;
      }
      // One that leads nowhere is passed over, as the kernel does.
      case 'goto':
        if (rules.some(({ Priority }) => Priority === rule.Goto)) from = numberOf(rule.Goto) ?? from;
        break;
      case 'blackhole':
      case 'unreachable':
      case 'prohibit':
        return { rule, found: undefined };
    }
  }
  return undefined;
}

/** `suppress_prefixlength` and `suppress_ifgroup`: what is found is passed over. */
function isSuppressed(rule: Metadata, { length, hop }: Found, { origin }: Sought): boolean {
  const shortest = numberOf(rule.SuppressPrefixLen);
  if (shortest !== undefined && length <= shortest) return true;
  const group = numberOf(rule.SuppressIfGroup);
  if (group === undefined) return false;
  return (numberOf(deviceOf(hop, origin)?.metadata.Group) ?? 0) === group;
}

function applies(rule: Metadata, sought: Sought): boolean {
  return meets(rule, sought) !== (rule.Invert === true);
}

function meets(rule: Metadata, sought: Sought): boolean {
  const { to, origin, packet } = sought;
  // What starts here comes from lo.
  if (rule.IIf !== undefined && rule.IIf !== (packet.iif ?? 'lo')) return false;
  if (rule.OIf !== undefined && rule.OIf !== origin.name) return false;
  if (rule.L3mdev === true && domainOf(sought) === undefined) return false;
  if (!meetsNumbers(rule, packet)) return false;
  if (!isWithin(to, rule.Dst)) return false;
  if (isAny(rule.Src)) return true;
  if (packet.source) return isWithin(packet.source, rule.Src);
  return origin.addresses.some((address) => isWithin(plain(address), rule.Src));
}

/** Conditions on what is not known of a packet are taken as not met. */
function meetsNumbers(rule: Metadata, packet: PacketFacts): boolean {
  const { mark = 0, tos = 0 } = packet;
  const isAsked = (key: string) => rule[key] !== undefined && rule[key] !== 0;
  // As fib_rule_match() has it: bits of the mark outside of the mask do not matter, also where the rule names them.
  if (((numberOf(rule.Mark) ?? 0) ^ mark) & (numberOf(rule.Mask) ?? (rule.Mark === undefined ? 0 : -1))) return false;
  if (isAsked('TOS') && rule.TOS !== tos) return false;
  if (isAsked('TunID')) return false;
  if (isAsked('IPProto') && rule.IPProto !== packet.protocol) return false;
  return (
    isInRange(rule.SPort, packet.sourcePort) &&
    isInRange(rule.DPort, packet.destinationPort) &&
    isInRange(rule.UID, packet.uid)
  );
}

/** `80`, `1000-2000`. */
function isInRange(range: Value | undefined, number: number | undefined): boolean {
  if (range === undefined) return true;
  if (typeof range !== 'string' || number === undefined) return false;
  const [from, to = from] = range.split('-').map(Number);
  return number >= (from as number) && number <= (to as number);
}

/** The table of the VRF that the packet comes from or is bound to. */
function domainOf({ origin, packet }: Sought): number | undefined {
  for (const key of [origin.name, packet.iif]) {
    const device = key === undefined ? undefined : origin.interfaceBy(key);
    const master = numberOf(device?.metadata.MasterIndex);
    const domain = device?.metadata.Type === 'vrf' || master === undefined ? device : origin.interfaceBy(master);
    if (domain?.metadata.Type === 'vrf') return numberOf(domain.metadata.VrfTable);
  }
  return undefined;
}

function longest({ to, origin, packet }: Sought, id: number): Found | undefined {
  let best: Found | undefined;
  for (const table of origin.tables) {
    if (idOf(table) !== id) continue;
    for (const route of objectsIn(table.Routes)) {
      const length = matchLength(to, route.Prefix);
      if (length === undefined || (best !== undefined && length < best.length)) continue;
      // Where the type of service of a packet is not known, it is the usual one.
      const tos = numberOf(route.TOS) ?? 0;
      if (tos !== 0 && tos !== packet.tos) continue;
      const hops = usable(objectsIn(route.NextHops), origin);
      const hop = leastMetric(hops);
      if (hop === undefined || !isOfFamily(route, hop, to)) continue;
      const metric = numberOf(hop.Priority) ?? metricOf(route);
      const found = { route, table: id, hop, hops, length, metric, tos, source: textOf(table.Src) };
      if (best === undefined || isBetter(found, best)) best = found;
    }
  }
  return best;
}

function isBetter(one: Found, other: Found): boolean {
  if (one.length !== other.length) return one.length > other.length;
  if (one.tos !== other.tos) return one.tos > other.tos;
  return one.metric < other.metric;
}

/** Of several next hops those over an interface that is not up are passed over; a route with one is gone by itself. */
function usable(hops: readonly Metadata[], origin: Origin): readonly Metadata[] {
  const own = hops.filter((hop) => leavesBy(hop, origin.ifIndex));
  return own.length > 1 ? own.filter((hop) => !isDown(deviceOf(hop, origin))) : own;
}

function deviceOf({ IfIndex }: Metadata, origin: Origin): GraphNode | undefined {
  return typeof IfIndex === 'number' ? origin.interfaceBy(IfIndex) : undefined;
}

function isDown(device: GraphNode | undefined): boolean {
  const flags = device?.metadata.LinkFlags;
  return isList(flags) && !flags.includes('UP');
}

function leavesBy({ IfIndex }: Metadata, ifIndex: number | undefined): boolean {
  return ifIndex === undefined || IfIndex === undefined || IfIndex === ifIndex;
}

/** A route without a prefix is of the family of its gateway; on the link there is none to tell. */
function isOfFamily({ Prefix }: Metadata, { IP }: Metadata, to: Address): boolean {
  if (typeof Prefix === 'string' && parsePrefix(Prefix) !== undefined) return true;
  const gateway = typeof IP === 'string' ? parseAddress(IP) : undefined;
  return gateway === undefined || gateway.family === to.family;
}

/** Length of the prefix when it holds the address; a route without one is the default route. */
function matchLength(to: Address, prefix: Value | undefined): number | undefined {
  if (isAny(prefix)) return 0;
  const parsed = typeof prefix === 'string' ? parsePrefix(prefix) : undefined;
  return parsed !== undefined && contains(parsed, to) ? parsed.length : undefined;
}

function isWithin(address: Address | undefined, prefix: Value | undefined): boolean {
  if (isAny(prefix)) return true;
  const parsed = typeof prefix === 'string' ? parsePrefix(prefix) : undefined;
  return address !== undefined && parsed !== undefined && contains(parsed, address);
}

function isAny(prefix: Value | undefined): boolean {
  return prefix === undefined || prefix === null || prefix === '' || prefix === 'default' || prefix === 'all';
}

/** `10.0.0.1/24` as an interface has it. */
function plain(address: string): Address | undefined {
  return parseAddress(address.split('/', 1)[0] as string);
}

function leastMetric(hops: readonly Metadata[]): Metadata | undefined {
  return hops.reduce<Metadata | undefined>(
    (best, hop) => (best && metricOf(best) <= metricOf(hop) ? best : hop),
    undefined,
  );
}

function metricOf({ Priority }: Metadata): number {
  return numberOf(Priority) ?? 0;
}

function idOf({ ID }: Metadata): number {
  return numberOf(ID) ?? MAIN;
}

function numberOf(value: Value | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isObject(value: Value): value is Metadata {
  return typeof value === 'object' && value !== null && !isList(value);
}
