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
  /** Name of that interface. */
  readonly name: string | undefined;
}

const LOCAL = 255;
const MAIN = 254;
const DEFAULT = 253;

export function nextHop(to: { readonly text: string; readonly address: Address }, origin: Origin): NextHop | undefined {
  const found = origin.rules.length > 0 ? byRules(to.address, origin) : byTables(to.address, origin);
  if (found === undefined) return undefined;
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

function byTables(to: Address, { tables }: Origin): Found | undefined {
  const ids = new Set([LOCAL, MAIN, DEFAULT, ...tables.map(idOf)]);
  for (const id of ids) {
    const found = longest(to, id, tables);
    if (found !== undefined) return found;
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
        const found = longest(to, numberOf(rule.Table) ?? MAIN, origin.tables);
        const shortest = numberOf(rule.SuppressPrefixLen);
        if (found !== undefined && (shortest === undefined || found.length > shortest)) return found;
        break;
      }
      case 'goto':
        from = numberOf(rule.Goto) ?? from;
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

function applies(rule: Metadata, to: Address, { addresses, name }: Origin): boolean {
  if (unknowable.some((key) => rule[key] !== undefined && rule[key] !== 0 && rule[key] !== false)) return false;
  // What starts here comes from lo.
  if (rule.IIf !== undefined && rule.IIf !== 'lo') return false;
  if (rule.OIf !== undefined && rule.OIf !== name) return false;
  const isMet =
    isWithin(to, rule.Dst) && (isAny(rule.Src) || addresses.some((address) => isWithin(plain(address), rule.Src)));
  return rule.Invert === true ? !isMet : isMet;
}

function longest(to: Address, id: number, tables: readonly Metadata[]): Found | undefined {
  let best: Found | undefined;
  for (const table of tables) {
    if (idOf(table) !== id) continue;
    for (const route of objectsIn(table.Routes)) {
      const length = matchLength(to, route.Prefix);
      if (length === undefined || (best !== undefined && length < best.length)) continue;
      const hop = leastMetric(objectsIn(route.NextHops));
      if (hop === undefined || !isOfFamily(hop.IP, to)) continue;
      const found = { route: { ...route, Priority: hop.Priority ?? route.Priority ?? 0 }, hop, length };
      if (best === undefined || length > best.length || metricOf(found.route) < metricOf(best.route)) best = found;
    }
  }
  return best;
}

/** A default route is of the family of its gateway; on the link there is none to tell. */
function isOfFamily(ip: Value | undefined, to: Address): boolean {
  const gateway = typeof ip === 'string' ? parseAddress(ip) : undefined;
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
