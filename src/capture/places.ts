/** From a node of the graph to a place a mechanism can be started at; or the sentence why it is none. */
import type { GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import type { Place } from './mechanism.ts';
import { isMirrorOutput } from './ovs-owner.ts';

/** A namespace that can be opened. */
export interface KnownNamespace {
  readonly nodeId: string;
  readonly path: string;
  readonly cookie: bigint;
}

/** `own`: the node of the namespace we run in. A text is a refusal. */
export function placeOf(
  node: GraphNode,
  view: GraphView,
  namespaces: readonly KnownNamespace[],
  own: string,
): Place | string {
  const { TID, Type, Name, IfIndex, MAC } = node.metadata;
  if (typeof TID !== 'string' || TID === '') return 'it has no TID';
  if (isMirrorOutput(node.metadata)) return 'frames of another port are copied to it for a capture';
  const owner = ownerOf(node, view);
  const isOurs = owner === undefined || owner.id === own;
  const namespace = namespaces.find(({ nodeId }) => nodeId === (isOurs ? own : owner.id));
  if (!isOurs && namespace === undefined) return `its namespace ${String(owner.metadata.Name)} cannot be opened`;
  return {
    nodeId: node.id,
    tid: TID,
    type: String(Type),
    name: String(Name),
    ifIndex: typeof IfIndex === 'number' ? IfIndex : undefined,
    mac: typeof MAC === 'string' ? MAC : undefined,
    netns: isOurs ? undefined : namespace?.path,
    netnsCookie: namespace?.cookie ?? 0n,
    metadata: node.metadata,
  };
}

/** A capture that runs here need not begin anew. An id is of one interface in one namespace; its name may change, and so its TID. */
export function isSamePlace(a: Place, b: Place): boolean {
  return a.nodeId === b.nodeId && a.tid === b.tid && a.type === b.type;
}

/** The host or the namespace a node stands in. */
function ownerOf(node: GraphNode, view: GraphView): GraphNode | undefined {
  for (const edge of view.in(node)) {
    if (edge.metadata.RelationType !== 'ownership') continue;
    for (const parent of view.parents(edge))
      if (parent.metadata.Type === 'netns' || parent.metadata.Type === 'host') return parent;
  }
  return undefined;
}
