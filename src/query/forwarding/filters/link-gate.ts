/**
 * Packet filters that look at frames: chains of the family bridge (net/bridge/netfilter/nf_tables_bridge.c), and such as
 * stand at a device before all others (nf_hook_ingress(), nf_hook_egress()).
 */
import type { GraphNode } from '../../../graph/element.ts';
import { nameOf } from '../atlas.ts';
import type { Frame, Trip, Walker } from '../frame.ts';
import type { Hop } from '../hop.ts';
import { type Chain, type Filters, filtersAt } from './chains.ts';
import { evaluate } from './evaluate.ts';
import type { Place, Tracked } from './facts.ts';
import { stopText, toldHops } from './telling.ts';

export interface LinkPassage {
  /** What is to be told of it; none where nothing is. */
  readonly hops: readonly Hop[];
  /** It goes no further: the last hop is where. */
  readonly stop?: { readonly code: string; readonly reason: string };
}

const PASSES: LinkPassage = { hops: [] };

/** `iif`, `oif`: ports, where the hook knows them. */
export function* throughBridge(
  walker: Walker,
  bridge: GraphNode,
  hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting',
  { iif, oif }: { readonly iif?: GraphNode | undefined; readonly oif?: GraphNode | undefined },
  frame: Frame,
  trip: Trip,
): Generator<undefined, LinkPassage> {
  const namespace = walker.atlas.namespace(bridge);
  const filters = filtersOf(walker, namespace);
  const chains = filters?.onBridge(hook) ?? [];
  if (namespace === undefined || filters === undefined || chains.length === 0) return PASSES;
  const place: Place = { atlas: walker.atlas, namespace, hook, iif, oif, link: { ...frame, bridge } };
  return yield* through(chains, filters, { place, tracked: trackedOn(walker, namespace, frame) }, frame, trip);
}

export function* throughDevice(
  walker: Walker,
  device: GraphNode,
  hook: 'ingress' | 'egress',
  frame: Frame,
  trip: Trip,
): Generator<undefined, LinkPassage> {
  const namespace = walker.atlas.namespace(device);
  const filters = filtersOf(walker, namespace);
  const chains = filters?.atDevice(hook, nameOf(device)) ?? [];
  if (namespace === undefined || filters === undefined || chains.length === 0) return PASSES;
  const [iif, oif] = hook === 'ingress' ? [device, undefined] : [undefined, device];
  const place: Place = { atlas: walker.atlas, namespace, hook, iif, oif, link: { ...frame, bridge: undefined } };
  const isReply = walker.tracking.isAnswer && trip.depth === 0;
  // Connections are tracked later.
  const tracked = { ...trackedOn(walker, namespace, frame), state: 'invalid', isReply } as const;
  return yield* through(chains, filters, { place, tracked }, frame, trip);
}

function filtersOf({ atlas, isUnfiltered }: Walker, namespace: GraphNode | undefined): Filters | undefined {
  return namespace === undefined || isUnfiltered === true ? undefined : filtersAt(atlas, namespace);
}

function* through(
  chains: readonly Chain[],
  filters: Filters,
  { place, tracked }: { readonly place: Place; readonly tracked: Tracked },
  { packet }: Frame,
  { depth, isLenient }: Trip,
): Generator<undefined, LinkPassage> {
  if (isLenient === true) return PASSES;
  const hops: Hop[] = [];
  const facts = { packet, place, tracked, mark: 0, connectionMark: 0 };
  for (const chain of chains) {
    const verdict = yield* evaluate({ filters, chain, facts, nextHop: undefined });
    hops.push(...toldHops(verdict, packet, { namespace: place.namespace, depth }));
    if (verdict.verdict !== 'accept')
      return { hops, stop: { code: 'filtered', reason: stopText(place.namespace, verdict) } };
  }
  return { hops };
}

/** A bridge tracks connections apart from whoever is behind it. */
function trackedOn({ tracking }: Walker, { id }: GraphNode, { packet }: Frame): Tracked {
  const place = `bridge ${id}`;
  const answered = tracking.answered(place, packet);
  const connection = answered ?? tracking.begin(place, packet);
  return {
    state: answered === undefined ? 'new' : 'established',
    original: connection.original,
    isReply: answered !== undefined || tracking.isAnswer,
    isSourceChanged: false,
    isDestinationChanged: false,
  };
}
