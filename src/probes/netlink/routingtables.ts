/** Routes as metadata: by table, in the shape Skydive gives them. */
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field } from '../../model/vocabulary.ts';
import { present } from './present.ts';
import { byDestination, type Route } from './route.ts';

const nextHop = z.strictObject({
  Priority: z.int(),
  IP: z.string().optional(),
  IfIndex: z.int().optional(),
  Weight: z.int().optional(),
});

const route = z.strictObject({
  Protocol: z.int(),
  Prefix: z.string(),
  NextHops: z.array(nextHop),
  Type: z.string().optional(),
  Src: z.string().optional(),
  TOS: z.int().optional(),
  MTU: z.int().optional(),
  NextHopID: z.int().optional(),
});

export const routingFields = {
  RoutingTables: field(z.array(z.strictObject({ ID: z.int(), Src: z.string().nullable(), Routes: z.array(route) })), {
    doc: 'Routes over the interface, by table (254 main, 255 local), each table sorted by prefix. Src is the preferred source address of its first route; a route that has another says so. Protocol is who made it: 2 the kernel, 3 boot, 4 an administrator, 186 BGP.',
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

function shown(route: Route, tableSource: string): Metadata {
  return present({
    Protocol: route.protocol,
    Prefix: route.prefix,
    NextHops: route.hops.map(({ ip, ifindex, weight }) =>
      present({
        Priority: route.priority,
        IP: ip || undefined,
        IfIndex: ifindex || undefined,
        Weight: route.hops.length > 1 ? weight : undefined,
      }),
    ),
    Type: TYPES[route.type],
    Src: route.source !== tableSource && route.source !== '' ? route.source : undefined,
    TOS: route.tos || undefined,
    MTU: route.mtu || undefined,
    NextHopID: route.nexthop || undefined,
  });
}

/** RTN_*; unicast, local and broadcast show in their table and prefix. */
const TYPES: readonly (string | undefined)[] = [
  undefined,
  undefined,
  undefined,
  undefined,
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
];
