/** What lies near the way of a conversation at two moments, and how it changed between them. */
import type { Element } from '../graph/element.ts';
import type { GraphView, Span, Timeline } from '../graph/view.ts';
import { keyOf, type Region, regionOf } from './region.ts';
import { trafficOf } from './traffic.ts';
import type { Moment } from './window.ts';

export interface Regions {
  /** As all was at the beginning, and at the end. */
  readonly base: readonly Element[];
  readonly later: readonly Element[];
  readonly ids: readonly string[];
  readonly distance: ReadonlyMap<string, number>;
  readonly isCut: boolean;
}

/**
 * What is near the path of then or of the failure; of both moments, so that what appeared is there too. `between`: the
 * span from one to the other, for what came and went in it.
 */
export function regionsOf(good: Moment, failed: Moment, more: Iterable<string> = [], between?: GraphView): Regions {
  const roots = new Set([...rootsOf(good), ...rootsOf(failed), ...more]);
  const [then, now] = [regionOf(good.view, roots), regionOf(failed.view, roots)];
  const passing = between && regionOf(between, roots);
  const all = [then, now, ...(passing ? [passing] : [])];
  const ids = new Set(all.flatMap(({ elements }) => [...elements.values()].map(({ id }) => id)));
  const distance = new Map<string, number>();
  for (const region of all)
    for (const [id, steps] of region.distance) distance.set(id, Math.min(steps, distance.get(id) ?? steps));
  return {
    base: [...withAll(then, ids, good.view)],
    later: [...withAll(now, ids, failed.view)],
    ids: [...ids],
    distance,
    isCut: all.some(({ isCut }) => isCut),
  };
}

/** What is near now may have been far then, and played from there. */
function* withAll(region: Region, ids: ReadonlySet<string>, view: GraphView): Generator<Element> {
  yield* region.elements.values();
  for (const id of ids) {
    for (const node of view.nodes(id)) if (!region.elements.has(keyOf(node))) yield node;
    for (const edge of view.edges(id)) if (!region.elements.has(keyOf(edge))) yield edge;
  }
}

function rootsOf({ conversation, judgement, atlas }: Moment): Set<string> {
  const roots = new Set<string>([conversation.start]);
  if (conversation.end !== undefined) roots.add(conversation.end);
  for (const way of [judgement.there, judgement.back]) for (const { node } of way?.hops ?? []) roots.add(node.id);
  // Who has the same address, or MAC, takes packets away wherever it is.
  const traffic = trafficOf(conversation, judgement, atlas);
  for (const id of traffic.holders) roots.add(id);
  return roots;
}

/** Ids in one question to the archive. */
const IDS_AT_ONCE = 5_000;

export async function versionsIn(
  { ids }: Pick<Regions, 'ids'>,
  window: Span,
  timeline: Pick<Timeline, 'history'>,
): Promise<Element[]> {
  const versions: Element[] = [];
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE)
    for (const version of await timeline.history(ids.slice(at, at + IDS_AT_ONCE), window)) versions.push(version);
  return versions;
}
