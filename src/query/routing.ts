/**
 * Which way a packet would go: policy rules, then the longest prefix of a table, then the smallest metric, as ip-rule(8)
 * and ip-route(8) describe it. Read from the metadata `RoutingTables`, `RoutingRules` and `Neighbors`.
 */
import type { Metadata, Value } from '../graph/element.ts';
import { type Address, contains, parseAddress, parsePrefix } from './address.ts';
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
}

const LOCAL = 255;
const MAIN = 254;
const DEFAULT = 253;

export function nextHop(to: { readonly text: string; readonly address: Address }, origin: Origin): NextHop | undefined {
  const found = origin.rules.length > 0 ? byRules(to.address, origin) : byTables(to.address, origin);
  if (found === undefined || refusing.has(found.route.Type)) return undefined;
  const { route, hop } = found;
  const ip = textOf(hop.IP) ?? to.text;
  const ifIndex = numberOf(hop.IfIndex);
  const mac = origin.neighbours.find(
    ({ IP, IfIndex }) => IP === ip && (ifIndex === undefined || IfIndex === undefined || IfIndex === ifIndex),
  )?.MAC;
  return { priority: metricOf(route), ip, mac: textOf(hop.MAC) ?? textOf(mac), ifIndex };
}

/** Objects in a list; whatever else stands there is passed over. */
export function objectsIn(value: Value | undefined): readonly Metadata[] {
  return isList(value) ? value.filter(isObject) : [];
}

interface Found {
  readonly route: Metadata;
  readonly hop: Metadata;
  readonly length: number;
}

/** Types of routes that end the search without a way; `throw` ends that in its table alone. */
const refusing = new Set<Value | undefined>(['blackhole', 'unreachable', 'prohibit']);

function byTables(to: Address, origin: Origin): Found | undefined {
  const ids = new Set([LOCAL, MAIN, DEFAULT, ...origin.tables.map(idOf)]);
  for (const id of ids) {
    const found = longest(to, id, origin);
    if (found !== undefined && found.route.Type !== 'throw') return found;
  }
  return undefined;
}

function byRules(to: Address, origin: Origin): Found | undefined {
  const family = to.family === 4 ? 'ipv4' : 'ipv6';
  const rules = origin.rules
    .filter((rule) => (rule.Family ?? family) === family)
    .sort((a, b) => (numberOf(a.Priority) ?? 0) - (numberOf(b.Priority) ?? 0));
  // A goto leads forward only, so this ends.
  let from = Number.NEGATIVE_INFINITY;
  for (const rule of rules) {
    if ((numberOf(rule.Priority) ?? 0) < from || !applies(rule, to, origin)) continue;
    switch (rule.Action ?? 'lookup') {
      case 'lookup': {
        const found = longest(to, numberOf(rule.Table) ?? MAIN, origin);
        const shortest = numberOf(rule.SuppressPrefixLen);
        if (found === undefined || found.route.Type === 'throw') break;
        if (refusing.has(found.route.Type) || shortest === undefined || found.length > shortest) return found;
        break;
      }
      // One that leads nowhere is passed over, as the kernel does.
      case 'goto':
        if (rules.some(({ Priority }) => Priority === rule.Goto)) from = numberOf(rule.Goto) ?? from;
        break;
      case 'blackhole':
      case 'unreachable':
      case 'prohibit':
        return undefined;
    }
  }
  return undefined;
}

/** Conditions on what we cannot know of a packet (mark, ports, user) are taken as not met. */
const unknowable = ['TOS', 'Mark', 'IPProto', 'SPort', 'DPort', 'UID', 'TunID', 'L3mdev'];

function applies(rule: Metadata, to: Address, origin: Origin): boolean {
  return meets(rule, to, origin) !== (rule.Invert === true);
}

function meets(rule: Metadata, to: Address, { addresses, name }: Origin): boolean {
  if (unknowable.some((key) => rule[key] !== undefined && rule[key] !== 0 && rule[key] !== false)) return false;
  // What starts here comes from lo.
  if (rule.IIf !== undefined && rule.IIf !== 'lo') return false;
  if (rule.OIf !== undefined && rule.OIf !== name) return false;
  if (!isWithin(to, rule.Dst)) return false;
  return isAny(rule.Src) || addresses.some((address) => isWithin(plain(address), rule.Src));
}

function longest(to: Address, id: number, { tables, ifIndex }: Origin): Found | undefined {
  let best: Found | undefined;
  for (const table of tables) {
    if (idOf(table) !== id) continue;
    for (const route of objectsIn(table.Routes)) {
      const length = matchLength(to, route.Prefix);
      if (length === undefined || (best !== undefined && length < best.length)) continue;
      // The type of service of a packet is not known, so it is the usual one.
      if ((numberOf(route.TOS) ?? 0) !== 0) continue;
      const hop = leastMetric(objectsIn(route.NextHops).filter((one) => leavesBy(one, ifIndex)));
      if (hop === undefined || !isOfFamily(route, hop, to)) continue;
      const found = { route: { ...route, Priority: hop.Priority ?? route.Priority ?? 0 }, hop, length };
      if (best === undefined || length > best.length || metricOf(found.route) < metricOf(best.route)) best = found;
    }
  }
  return best;
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
