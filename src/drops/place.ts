/** Where in the graph a packet was dropped: the interface, or the namespace when it had none yet. */
import type { GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import type { Drop } from './drops.ts';

export interface DropPlace {
  /** The interface where it is known, otherwise its namespace. */
  readonly node: GraphNode;
  /** A netns node, or that of the host. */
  readonly namespace: GraphNode;
}

/** Undefined for a namespace that the graph does not show. */
export function placeOf(drop: Drop, view: GraphView): DropPlace | undefined {
  const namespace = namespaceOf(drop, view);
  if (!namespace) return undefined;
  return { namespace, node: interfaceOf(drop, namespace, view) ?? namespace };
}

function namespaceOf({ cookie, inode, isOwn, host }: Drop, view: GraphView): GraphNode | undefined {
  const type = isOwn ? 'host' : 'netns';
  for (const node of view.nodesWith('Type', type) ?? view.nodes()) {
    const { Type, Cookie, Inode } = node.metadata;
    if (Type !== type || node.host !== host) continue;
    if (isOwn || (cookie !== undefined && Cookie !== undefined ? Cookie === cookie : Inode === inode)) return node;
  }
  return undefined;
}

function interfaceOf({ ifIndex }: Drop, namespace: GraphNode, view: GraphView): GraphNode | undefined {
  if (ifIndex === undefined) return undefined;
  for (const edge of view.out(namespace)) {
    if (edge.metadata.RelationType !== 'ownership') continue;
    for (const node of view.children(edge)) if (node.metadata.IfIndex === ifIndex) return node;
  }
  return undefined;
}
