/** What lies between two ends by ownership and cables, whichever way packets take: the nodes of a shortest way. */
import type { GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { isNamespace } from '../query/forwarding/atlas.ts';

/** Nodes that are looked at. */
const LOOKED_MAX = 50_000;

/** Ids; none when one of both is not there, or nothing ties them together. */
export function between(view: GraphView, start: string, end: string): readonly string[] {
  const from = new Map<string, string | undefined>([[start, undefined]]);
  const queue = [...view.nodes(start)];
  for (let next = 0; next < queue.length && from.size < LOOKED_MAX; next++) {
    const node = queue[next] as GraphNode;
    if (node.id === end) return wayTo(end, from);
    for (const other of beside(view, node)) {
      if (from.has(other.id)) continue;
      from.set(other.id, node.id);
      queue.push(other);
    }
  }
  return [];
}

function* beside(view: GraphView, node: GraphNode): Generator<GraphNode> {
  const isTie = ({ metadata }: { metadata: { RelationType?: unknown } }) =>
    metadata.RelationType === 'layer2' || metadata.RelationType === 'ownership';
  for (const edge of view.out(node))
    if (isTie(edge)) for (const other of view.children(edge)) if (!isApart(node, other)) yield other;
  for (const edge of view.in(node))
    if (isTie(edge)) for (const other of view.parents(edge)) if (!isApart(node, other)) yield other;
}

/** A host has namespaces, but packets do not pass from one to the other by that. */
function isApart(a: GraphNode, b: GraphNode): boolean {
  return isNamespace(a) && isNamespace(b);
}

function wayTo(end: string, from: ReadonlyMap<string, string | undefined>): string[] {
  const way: string[] = [];
  for (let at: string | undefined = end; at !== undefined; at = from.get(at)) way.push(at);
  return way;
}
