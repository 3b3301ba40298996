/** Where flows were captured: the nodes of their TIDs. */
import type { Flow } from '../flow/flow.ts';
import type { GraphNode } from '../graph/element.ts';
import { type Condition, meetsAll } from './condition.ts';
import { Directory } from './directory.ts';
import type { Items, World } from './step.ts';

/** TIDs, in the order in which they saw the first packet. */
export function* placesByTime(input: Items<Flow>): Generator<undefined, readonly string[]> {
  const firstSeen = new Map<string, number>();
  for (const flow of input) {
    if (flow === undefined) yield undefined;
    else firstSeen.set(flow.NodeTID, Math.min(flow.Start, firstSeen.get(flow.NodeTID) ?? Number.POSITIVE_INFINITY));
  }
  return [...firstSeen].sort(([, a], [, b]) => a - b).map(([tid]) => tid);
}

export function* captureNodes(
  places: Iterable<string>,
  wanted: readonly Condition[],
  run: World,
): Generator<GraphNode | undefined> {
  const directory = new Directory(run);
  for (const place of places) {
    if (run.budget.spend()) yield undefined;
    for (const node of yield* directory.captureNodes(place)) if (meetsAll(wanted, node, run.view)) yield node;
  }
}
