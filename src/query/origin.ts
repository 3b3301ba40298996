/** What a node knows of the ways that packets go from it. */
import type { GraphNode, Value } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { isList } from './key.ts';
import { type Origin, objectsIn } from './routing.ts';

/**
 * An interface goes by its own tables, and by the routes of its owner that lead to no interface; what owns interfaces
 * by all of theirs together.
 */
export function originOf(node: GraphNode, view: GraphView): Origin {
  const own = node.metadata;
  const owned = [...interfacesOf(node, view)].map(({ metadata }) => metadata);
  const above = owned.length > 0 ? undefined : ownerOf(node, view);
  const owner = above?.metadata;
  const parts = [own, ...owned, ...(owner ? [{ RoutingTables: owner.RoutingTables ?? null }] : [])];
  return {
    tables: parts.flatMap(({ RoutingTables }) => objectsIn(RoutingTables)),
    neighbours: parts.flatMap(({ Neighbors }) => objectsIn(Neighbors)),
    rules: objectsIn(own.RoutingRules ?? owner?.RoutingRules),
    addresses: [...textsIn(own.IPV4), ...textsIn(own.IPV6)],
    name: owned.length === 0 && typeof own.Name === 'string' ? own.Name : undefined,
    ifIndex: typeof own.IfIndex === 'number' ? own.IfIndex : undefined,
    interfaceBy: interfacesBy(above ?? node, view),
  };
}

/** Few packets ask for them, so they are looked for when the first one does. */
function interfacesBy(owner: GraphNode, view: GraphView): Origin['interfaceBy'] {
  let known: Map<Value | undefined, GraphNode> | undefined;
  return (key) => {
    if (!known) {
      known = new Map();
      for (const node of interfacesOf(owner, view))
        known.set(node.metadata.Name, node).set(node.metadata.IfIndex, node);
    }
    return known.get(key);
  };
}

/** Not the namespaces that a host owns: they go ways of their own. */
function* interfacesOf(owner: GraphNode, view: GraphView): Generator<GraphNode> {
  for (const edge of view.out(owner)) {
    if (edge.metadata.RelationType !== 'ownership') continue;
    for (const node of view.children(edge)) if (!OTHERS.has(node.metadata.Type)) yield node;
  }
}

/** What a namespace owns besides interfaces. */
const OTHERS: ReadonlySet<Value | undefined> = new Set(['netns', 'nftchain', 'nftset']);

function ownerOf(node: GraphNode, view: GraphView): GraphNode | undefined {
  for (const edge of view.in(node))
    if (edge.metadata.RelationType === 'ownership') for (const owner of view.parents(edge)) return owner;
  return undefined;
}

function textsIn(value: Value | undefined): string[] {
  return (isList(value) ? value : [value]).filter((text) => typeof text === 'string');
}
