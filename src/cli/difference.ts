/** Two answers to the same query at two moments, compared element by element. */
import type { WireElement } from '../contract/element.ts';
import type { QueryReply, WireDifference } from '../contract/query.ts';
import { usageFailure } from './failure.ts';
import { keyChanges } from './render/key-changes.ts';

export function answersDiffer(before: QueryReply, after: QueryReply): WireDifference[] {
  const [was, is] = [byId(before), byId(after)];
  const differences: WireDifference[] = [];
  for (const [id, element] of was) {
    const later = is.get(id);
    if (!later) differences.push({ kind: 'removed', before: element, after: null, keys: [] });
    // The same life with the same revision is the same version: nothing to compare.
    else if (later.Revision !== element.Revision || later.CreatedAt !== element.CreatedAt) {
      const keys = keyChanges(element, later) as WireDifference['keys'];
      if (keys.length > 0) differences.push({ kind: 'changed', before: element, after: later, keys });
    }
  }
  for (const [id, element] of is) {
    if (!was.has(id)) differences.push({ kind: 'added', before: null, after: element, keys: [] });
  }
  return differences;
}

function byId(reply: QueryReply): Map<string, WireElement> {
  if (reply.kind === 'nodes') return new Map(reply.nodes.map((node) => [node.ID, node]));
  if (reply.kind === 'edges') return new Map(reply.edges.map((edge) => [edge.ID, edge]));
  if (reply.kind === 'graph') return new Map([...reply.nodes, ...reply.edges].map((element) => [element.ID, element]));
  throw usageFailure(
    `a diff compares nodes and edges, and the answer is ${reply.kind}`,
    'let the query end in V(…), E(…) or SubGraph()',
  );
}
