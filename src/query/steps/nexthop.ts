import type { GraphNode, Metadata, Value } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { address } from '../arguments.ts';
import { isList } from '../key.ts';
import { nextHop as find, type Origin, objectsIn } from '../routing.ts';
import { defineStep, type Items, type NextHopOf } from '../step.ts';

export const nextHop = defineStep({
  name: 'NextHop',
  dialect: ['skydive'],
  doc: 'Where each node sends packets for this address next: by policy rules, longest prefix and metric; of a host or namespace by the routes of all its interfaces.',
  args: address,
  example: {
    on: 'device:eth0 {"RoutingTables":[{"ID":254,"Routes":[{"NextHops":[{"IP":"10.0.0.1","IfIndex":2}]},{"Prefix":"10.0.0.0/24","NextHops":[{"IfIndex":2}]}]}]}',
    query: "G.V().NextHop('192.0.2.1')",
    gives: ['device:eth0 {"priority":0,"ip":"10.0.0.1","ifIndex":2}'],
  },
  gives: { nodes: 'nexthops' },
  stream: (to) =>
    function* (input: Items<GraphNode>, { view, budget }): Generator<NextHopOf | undefined> {
      for (const node of input) {
        if (node === undefined || budget.spend()) yield undefined;
        if (node === undefined) continue;
        const hop = find(to, originOf(node, view));
        if (hop !== undefined) yield { id: node.id, hop };
      }
    },
});

/**
 * An interface goes by its own tables, and by the routes of its owner that lead to no interface; what owns interfaces
 * by all of theirs together.
 */
function originOf(node: GraphNode, view: GraphView): Origin {
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
