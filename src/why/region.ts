/** What could matter to a path: what is on it, and what owns that, is owned by it, or is plugged into it. */
import type { Element, GraphEdge, GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { isNamespace } from '../query/forwarding/atlas.ts';

export interface Region {
  /** Elements by their kind and id. */
  readonly elements: ReadonlyMap<string, Element>;
  /** Steps from the path, by the id of a node: 0 is on it. */
  readonly distance: ReadonlyMap<string, number>;
  /** There was more than is looked at. */
  readonly isCut: boolean;
}

/** So far from the path: a bridge, its port, and whoever is behind that. */
const DISTANCE_MAX = 3;
/** Nodes that are looked at: a bridge may have some thousands of rules, a host of ports. */
const NODES_MAX = 20_000;

/** `roots`: ids of nodes on the path, those that are not there are left out. */
export function regionOf(view: GraphView, roots: Iterable<string>): Region {
  const elements = new Map<string, Element>();
  const distance = new Map<string, number>();
  const queue: GraphNode[] = [];
  let isCut = false;
  const reach = (node: GraphNode, steps: number) => {
    if (distance.has(node.id)) return;
    if (distance.size >= NODES_MAX) {
      isCut = true;
      return;
    }
    distance.set(node.id, steps);
    elements.set(keyOf(node), node);
    queue.push(node);
  };
  for (const id of roots) for (const node of view.nodes(id)) reach(node, 0);
  for (let next = 0; next < queue.length; next++) {
    const node = queue[next] as GraphNode;
    const steps = distance.get(node.id) ?? 0;
    for (const [edge, isDown] of edgesAt(view, node)) {
      if (!isFollowed(node, edge, steps, isDown)) continue;
      for (const other of isDown ? view.children(edge) : view.parents(edge)) {
        // A host has namespaces that are no business of what passes through it.
        if (isDown && isNamespace(node) && isNamespace(other)) continue;
        reach(other, steps + 1);
        if (distance.has(other.id)) elements.set(keyOf(edge), edge);
      }
    }
  }
  return { elements, distance, isCut };
}

export function keyOf({ kind, id }: Element): string {
  return `${kind} ${id}`;
}

function* edgesAt(view: GraphView, node: GraphNode): Generator<readonly [GraphEdge, boolean]> {
  for (const edge of view.out(node)) yield [edge, true];
  for (const edge of view.in(node)) yield [edge, false];
}

function isFollowed(node: GraphNode, { metadata }: GraphEdge, steps: number, isDown: boolean): boolean {
  if (steps >= DISTANCE_MAX) return false;
  if (metadata.RelationType === 'layer2') return true;
  if (metadata.RelationType === 'ownership') {
    // From a namespace to its host, and from there to everything, nothing leads.
    if (!isDown) return !isNamespace(node);
    if (node.metadata.Type === 'host') return steps === 0;
    return isNamespace(node) ? steps <= 1 : steps <= 2;
  }
  return steps <= 1 && metadata.RelationType !== 'ovn';
}
