/** Whether what happens to an interface, or in a namespace, can be noticed on a path: others may have the same addresses on networks of their own. */
import type { Element, GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { typeOf } from '../query/forwarding/atlas.ts';
import type { Lore } from './lore.ts';

/** Nodes that are looked at. */
const LOOKED_MAX = 5_000;
/** What leads out of what is known, or by a tunnel to wherever its other ends are. */
const OUTSIDE = /^(device|bond|team|vxlan|geneve|gre|gretap|ip6gretap|wireguard|tun|tap)$/;

interface Path {
  /** Ids of the nodes on it. */
  readonly path: ReadonlySet<string>;
  readonly lore: Lore;
  /** Of both ends of the window. */
  readonly views: readonly GraphView[];
}

export function nearness({ path, lore, views }: Path): (element: Element) => boolean {
  const known = new Map<string, boolean>();
  const isHeard = (id: string): boolean => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const there = views.filter((view) => [...view.nodes(id)].length > 0);
    const found = there.length === 0 || there.some((view) => isHeardOn(path, id, view));
    known.set(id, found);
    return found;
  };
  const isNear = (element: GraphNode): boolean => {
    if (path.has(element.id)) return true;
    const namespace = lore.namespaceOf(element.id);
    // Who forwards decides for all of its interfaces; a host goes on for ever.
    if (namespace === undefined || path.has(namespace.id) || typeOf(namespace) !== 'netns') return true;
    if (typeof element.metadata.IfIndex === 'number') return isHeard(element.id);
    return [...lore.holding(namespace.id)].some(
      (id) => typeof lore.node(id)?.metadata.IfIndex === 'number' && isHeard(id),
    );
  };
  return (element) => {
    if (element.kind === 'node') return isNear(element);
    return [element.parent, element.child].every((id) => {
      const end = lore.node(id);
      return end === undefined || isNear(end);
    });
  };
}

/** `path`: ids of nodes. False where cables, bridges and switches, as far as they are known, lead from one to none of the others. */
function isHeardOn(path: ReadonlySet<string>, id: string, view: GraphView): boolean {
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
