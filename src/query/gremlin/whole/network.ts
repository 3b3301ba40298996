/** All vertices, and where one gets from each: made once for a computation over the whole graph. */
import type { GraphNode } from '../../../graph/element.ts';
import type { Run } from '../run/run.ts';
import type { HopsFrom } from './hops.ts';

export interface Network {
  readonly nodes: readonly GraphNode[];
  /** By the place of a node in `nodes`: the places that its edges lead to. */
  readonly links: readonly (readonly number[])[];
}

export function* networkOf(hopsFrom: HopsFrom, run: Run): Generator<undefined, Network> {
  const nodes: GraphNode[] = [];
  const places = new Map<string, number>();
  for (const node of run.view.nodes()) {
    if (run.budget.spend()) yield undefined;
    run.budget.hold(2);
    places.set(node.id, nodes.push(node) - 1);
  }
  const links: number[][] = [];
  for (const node of nodes) {
    if (run.budget.spend()) yield undefined;
    const found: number[] = [];
    for (const { to } of yield* hopsFrom(node, run)) {
      const place = places.get(to.id);
      if (place !== undefined) found.push(place);
    }
    run.budget.hold(found.length);
    links.push(found);
  }
  return { nodes, links };
}
