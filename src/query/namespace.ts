/** The network namespace that a node is in: a netns node, or the host's node for the host's own. */
import type { GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';

/** Owners of owners, at most: a container in a namespace in a host are two. */
const OWNERS_MAX = 16;

export function namespaceOf(node: GraphNode, view: GraphView): GraphNode | undefined {
  let at: GraphNode | undefined = node;
  for (let steps = 0; at !== undefined && steps < OWNERS_MAX; steps++) {
    if (isNamespace(at)) return at;
    at = ownerOf(at, view);
  }
  return undefined;
}

export function isNamespace({ metadata: { Type } }: GraphNode): boolean {
  return Type === 'netns' || Type === 'host';
}

function ownerOf(node: GraphNode, view: GraphView): GraphNode | undefined {
  for (const edge of view.in(node))
    if (edge.metadata.RelationType === 'ownership') for (const owner of view.parents(edge)) return owner;
  return undefined;
}
