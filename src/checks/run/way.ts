/** The way of a packet as evidence: its hops with what was seen at each, where it stops, and what decides that. */
import type { GraphNode } from '../../graph/element.ts';
import { type Atlas, nameOf, typeOf } from '../../query/forwarding/atlas.ts';
import type { Hop } from '../../query/forwarding/hop.ts';
import type { Travel } from '../../query/forwarding/path.ts';
import { placeOf } from '../../query/forwarding/place.ts';
import type { Evidence, ResultHop } from '../result.ts';

/** Packets by id of the node where they were seen; nodes that are absent were not watched. */
export type SeenAt = ReadonlyMap<string, { readonly packets: number; readonly firstMs: number | undefined }>;

export interface Ending {
  /** Undefined where it cannot be told at which. */
  readonly stopsAt: GraphNode | undefined;
  readonly lostBetween: { readonly from: GraphNode; readonly to: GraphNode } | undefined;
  /** It was seen at the last place that was watched. */
  readonly isSeenAtEnd: boolean;
  readonly isSeenAnywhere: boolean;
  /** Position among the hops of the last that saw it; -1 for none. */
  readonly lastSeen: number;
}

/** Where its packets were seen last, and not any more. */
export function endingOf(hops: readonly Hop[], seen: SeenAt): Ending {
  const watched = hops.flatMap(({ node, depth }, at) => {
    const its = seen.get(node.id);
    // Inside of a tunnel's outer packet it is seen as well, but ways around may be others.
    return its === undefined || depth > 0 ? [] : [{ at, node, packets: its.packets }];
  });
  const last = watched.findLast(({ packets }) => packets > 0);
  const next = watched.find(({ at }) => at > (last?.at ?? -1));
  const between = next === undefined ? [] : hops.slice((last?.at ?? -1) + 1, next.at);
  // What decides between two interfaces: a namespace that routes, a bridge, a switch.
  const deciding = between.find(({ how, depth }) => depth === 0 && DECIDING.has(how.kind))?.node;
  return {
    stopsAt: deciding,
    lostBetween: last !== undefined && next !== undefined ? { from: last.node, to: next.node } : undefined,
    isSeenAtEnd: last !== undefined && next === undefined,
    isSeenAnywhere: last !== undefined,
    lastSeen: last?.at ?? -1,
  };
}

const DECIDING = new Set(['route', 'bridge', 'switch', 'openflow', 'tunnel', 'tunnel-end', 'start']);

export function hopsOf(
  { hops, reaches, at }: Travel,
  atlas: Atlas,
  more: {
    readonly seen?: SeenAt;
    readonly stopsAt?: string | undefined;
    readonly counters?: ReadonlyMap<string, Readonly<Record<string, number>>>;
  } = {},
): ResultHop[] {
  const stop = more.stopsAt ?? (reaches === 'no' ? at?.id : undefined);
  const stopAt = stop === undefined ? -1 : hops.findLastIndex(({ node }) => node.id === stop);
  let before: number | undefined;
  return hops.map(({ depth, node, how, mtu, issues }, index): ResultHop => {
    const its = how.kind === 'start' ? undefined : more.seen?.get(node.id);
    const delay =
      its?.firstMs !== undefined && before !== undefined ? Math.round((its.firstMs - before) * 1000) : undefined;
    if (its?.firstMs !== undefined) before = its.firstMs;
    const counters = more.counters?.get(node.id);
    return {
      depth,
      node: placeOf(node, atlas),
      how: `${how.kind}: ${how.text}`,
      ...(mtu !== undefined && { mtu }),
      ...(its && { seen: its.packets }),
      ...(delay !== undefined && delay > 0 && { delayUs: delay }),
      ...(counters && Object.keys(counters).length > 0 && { counters }),
      ...(issues.length > 0 && { issues: issues.map(({ text }) => text) }),
      ...(index === stopAt && { stops: true }),
    };
  });
}

/** What decides in the eyes of the model that it goes no further. */
export function deciderOf({ hops, code, reason, at, reaches }: Travel, atlas: Atlas): Evidence['by'] {
  if (reaches !== 'no') return undefined;
  const hop = hops.findLast(({ node }) => node.id === at?.id);
  const node = at && placeOf(at, atlas);
  const where = node && { node };
  const filter = hop?.how.filter;
  if (filter) return { type: 'rule', text: plainReason({ reason, at }) ?? filter.text, ...where, id: filter.id };
  const rule = hop?.how.rule;
  if (rule && (code === 'dropped' || code === 'port' || code === 'miss'))
    return {
      type: 'rule',
      text: `table=${rule.table}, priority=${rule.priority}, ${rule.match} actions=${rule.actions}`,
      ...where,
      id: rule.id,
    };
  const text = plainReason({ reason, at }) ?? code ?? '';
  if (code === 'no-route') return { type: 'route', text, ...where };
  if (code === 'nobody' || code === 'not-for-it') return { type: 'neighbour', text, ...where };
  if (code === 'down' || code === 'stp' || code === 'vlan') return { type: 'interface', text, ...where };
  return { type: 'rule', text, ...where };
}

/** Where it is said where, the name need not come again. */
export function plainReason({ reason, at }: Pick<Travel, 'reason' | 'at'>): string | undefined {
  const prefix = at === undefined ? '' : `${nameOf(at)}: `;
  return reason?.startsWith(prefix) ? reason.slice(prefix.length) : reason;
}

/** An interface that packets can be watched at; a bridge does not see what it forwards from port to port. */
export function isWatchable(node: GraphNode): boolean {
  return typeof node.metadata.IfIndex === 'number' && !NOT_WATCHED.has(typeOf(node));
}

const NOT_WATCHED = new Set(['bridge', 'ovsbridge', 'openvswitch', 'ovsport']);

export function namesOf(nodes: readonly GraphNode[]): string {
  return nodes.map(nameOf).join(', ');
}
