/** Whether an interface can be heard on a path at all: two that have one address or MAC matter to each other on one link. */
import type { GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { typeOf } from '../query/forwarding/atlas.ts';

/** Nodes that are looked at. */
const LOOKED_MAX = 5_000;
/** What leads out of what is known, or by a tunnel to wherever its other ends are. */
const OUTSIDE = /^(device|bond|team|vxlan|geneve|gre|gretap|ip6gretap|wireguard|tun|tap)$/;

/** `path`: ids of nodes. False where cables, bridges and switches, as far as they are known, lead from one to none of the others. */
export function isHeardOn(path: ReadonlySet<string>, id: string, view: GraphView): boolean {
  const [first] = view.nodes(id);
  if (first === undefined) return true;
  const seen = new Set([id]);
  const queue: GraphNode[] = [first];
  for (let next = 0; next < queue.length; next++) {
    const node = queue[next] as GraphNode;
    if (path.has(node.id) || OUTSIDE.test(typeOf(node)) || seen.size > LOOKED_MAX) return true;
    for (const other of beside(view, node)) {
      if (seen.has(other.id)) continue;
      seen.add(other.id);
      queue.push(other);
    }
  }
  return false;
}

function* beside(view: GraphView, node: GraphNode): Generator<GraphNode> {
  for (const edge of view.out(node)) if (edge.metadata.RelationType === 'layer2') yield* view.children(edge);
  for (const edge of view.in(node)) if (edge.metadata.RelationType === 'layer2') yield* view.parents(edge);
}
