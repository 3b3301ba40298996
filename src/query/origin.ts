/** What a node knows of the ways that packets go from it. */
import type { GraphNode, Metadata, Value } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { isList } from './key.ts';
import { type Origin, objectsIn } from './routing.ts';

/**
 * An interface goes by its own tables, and by the routes of its owner that lead to no interface; what owns interfaces
 * by all of theirs together.
 */
export function originOf(node: GraphNode, view: GraphView): Origin {
  const own = node.metadata;
  const owned = [...ownedBy(node, view)];
  const owner = owned.length > 0 ? undefined : ownerOf(node, view);
  const parts = [own, ...owned, ...(owner ? [{ RoutingTables: owner.RoutingTables ?? null }] : [])];
  return {
    tables: parts.flatMap(({ RoutingTables }) => objectsIn(RoutingTables)),
    neighbours: parts.flatMap(({ Neighbors }) => objectsIn(Neighbors)),
    rules: objectsIn(own.RoutingRules ?? owner?.RoutingRules),
    addresses: [...textsIn(own.IPV4), ...textsIn(own.IPV6)],
    name: owned.length === 0 && typeof own.Name === 'string' ? own.Name : undefined,
    ifIndex: typeof own.IfIndex === 'number' ? own.IfIndex : undefined,
  };
}

/** Not the namespaces that a host owns: they go ways of their own. */
function* ownedBy(node: GraphNode, view: GraphView): Generator<Metadata> {
  for (const edge of view.out(node)) {
    if (edge.metadata.RelationType !== 'ownership') continue;
    for (const { metadata } of view.children(edge)) if (metadata.Type !== 'netns') yield metadata;
  }
}

function ownerOf(node: GraphNode, view: GraphView): Metadata | undefined {
  for (const edge of view.in(node))
    if (edge.metadata.RelationType === 'ownership') for (const { metadata } of view.parents(edge)) return metadata;
  return undefined;
}

function textsIn(value: Value | undefined): string[] {
  return (isList(value) ? value : [value]).filter((text) => typeof text === 'string');
}
