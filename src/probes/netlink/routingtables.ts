/** Routes as metadata: by table, in the shape Skydive gives them. */
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field } from '../../model/vocabulary.ts';
import { byDestination, type Hop, type Route } from './route.ts';

const nextHop = z.strictObject({
  Priority: z.int(),
  IP: z.string().optional(),
  IfIndex: z.int().optional(),
  Weight: z.int().optional(),
  Encap: z.string().optional(),
});

const route = z.strictObject({
  Protocol: z.int(),
  Prefix: z.string(),
  NextHops: z.array(nextHop),
  Type: z.string().optional(),
  Src: z.string().optional(),
  TOS: z.int().optional(),
  MTU: z.int().optional(),
  Metrics: z.record(z.string(), z.union([z.int(), z.string()])).optional(),
  Preference: z.string().optional(),
  NextHopID: z.int().optional(),
});

export const routingFields = {
  RoutingTables: field(z.array(z.strictObject({ ID: z.int(), Src: z.string().nullable(), Routes: z.array(route) })), {
    doc: 'Routes over the interface, by table (254 main, 255 local), each table sorted by prefix. Src is the preferred source address of its first route; a route that has another says so. Protocol is who made it: 2 the kernel, 3 boot, 4 an administrator, 11 and 12 FRR and BIRD, 186 BGP. Metrics are what connections over it begin with, by their names in ip-route(8). Type is told where it is not unicast, or local in the table 255.',
    example: [
      {
        ID: 254,
        Src: '10.99.0.2',
        Routes: [{ Protocol: 2, Prefix: '10.99.0.0/24', NextHops: [{ Priority: 0, IfIndex: 5 }] }],
      },
    ],
  }),
};

/** Undefined of no routes. */
export function routingTables(routes: Iterable<Route>): Metadata[] | undefined {
  const byTable = new Map<number, Route[]>();
  for (const route of routes) {
    const table = byTable.get(route.table);
    if (table) table.push(route);
    else byTable.set(route.table, [route]);
  }
  if (byTable.size === 0) return undefined;
  return [...byTable.entries()]
    .sort(([a], [b]) => a - b)
    .map(([id, list]) => {
      list.sort(byDestination);
      const source = list[0]?.source ?? '';
      return { ID: id, Src: source || null, Routes: list.map((route) => shown(route, source)) };
    });
}

/** Most routes stay what they are while others come and go: what was shown of one is kept with it. */
const kept = new WeakMap<Route, Metadata>();

function shown(route: Route, tableSource: string): Metadata {
  const source = route.source === tableSource ? '' : route.source;
  const before = kept.get(route);
  if (before && (before.Src ?? '') === source) return before;
  // In one go and without spare objects: there may be ten thousand of them.
  const now: Record<string, Metadata[string]> = {
    Protocol: route.protocol,
    Prefix: route.prefix,
    NextHops: route.hops.map((hop) => shownHop(route, hop)),
  };
  const type = typeOf(route);
  if (type !== undefined) now.Type = type;
  if (source !== '') now.Src = source;
  if (route.tos !== 0) now.TOS = route.tos;
  if (route.mtu !== 0) now.MTU = route.mtu;
  if (route.metrics) now.Metrics = route.metrics;
  const preference = PREFERENCES[route.preference];
  if (preference !== undefined) now.Preference = preference;
  if (route.nexthop !== 0) now.NextHopID = route.nexthop;
  kept.set(route, now);
  return now;
}

function shownHop({ priority, hops }: Route, { ip, ifindex, weight, encap }: Hop): Metadata {
  const now: Record<string, Metadata[string]> = { Priority: priority };
  if (ip !== '') now.IP = ip;
  if (ifindex > 0) now.IfIndex = ifindex;
  if (hops.length > 1) now.Weight = weight;
  if (encap !== '') now.Encap = encap;
  return now;
}

/** RTN_*. Unless it is said, routes are unicast, and those of the local table local. */
function typeOf({ type, table }: Route): string | undefined {
  return type === (table === LOCAL_TABLE ? RTN_LOCAL : RTN_UNICAST) ? undefined : TYPES[type];
}

const LOCAL_TABLE = 255;
const RTN_UNICAST = 1;
const RTN_LOCAL = 2;

const TYPES: readonly (string | undefined)[] = [
  ...[undefined, 'unicast', 'local', 'broadcast', 'anycast', 'multicast', 'blackhole', 'unreachable', 'prohibit'],
  ...['throw', 'nat', 'xresolve'],
];

/** RFC 4191: medium is what others are. */
const PREFERENCES: readonly (string | undefined)[] = [undefined, 'high', undefined, 'low'];
