/** Whether what happens to an interface, or in a namespace, can be noticed on a path: others may have the same addresses on networks of their own. */
import type { Element, GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { textsIn, typeOf } from '../query/forwarding/atlas.ts';
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
  const seenBy = views.map((view) => ({ view, known: new Map<string, boolean>() }));
  const isHeard = (id: string): boolean => {
    const there = seenBy.filter(({ view }) => [...view.nodes(id)].length > 0);
    return there.length === 0 || there.some(({ view, known }) => known.get(id) ?? isHeardOn(path, id, view, known));
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

/**
 * `path`: ids of nodes. False where cables, bridges and switches, as far as they are known, lead from one to none of the
 * others. `known` takes it of all that was met on the way: they are on one network.
 */
function isHeardOn(path: ReadonlySet<string>, id: string, view: GraphView, known: Map<string, boolean>): boolean {
  const queue = new Map([...view.nodes(id)].map((node) => [node.id, node]));
  let isHeard = false;
  for (const node of queue.values()) {
    isHeard = path.has(node.id) || leadsOut(node) || queue.size > LOOKED_MAX;
    if (isHeard) break;
    for (const other of beside(view, node)) if (!queue.has(other.id)) queue.set(other.id, other);
  }
  for (const met of queue.keys()) known.set(met, isHeard);
  return isHeard;
}

function leadsOut(node: GraphNode): boolean {
  return OUTSIDE.test(typeOf(node)) && !textsIn(node.metadata.LinkFlags).includes('LOOPBACK');
}

function* beside(view: GraphView, node: GraphNode): Generator<GraphNode> {
  for (const edge of view.out(node)) if (edge.metadata.RelationType === 'layer2') yield* view.children(edge);
  for (const edge of view.in(node)) if (edge.metadata.RelationType === 'layer2') yield* view.parents(edge);
}
