/** What a workflow gives, `{nodes, edges}` as maps or lists of elements on the wire, as a graph that can be asked. */
import type { Change } from '../graph/change.ts';
import type { Metadata } from '../graph/element.ts';
import { Graph } from '../graph/graph.ts';
import { mistake } from '../std/mistake.ts';
import type { Budget } from './limits.ts';
import type { Subgraph } from './step.ts';

export function graphIn(
  result: unknown,
  { name, nowMs, budget }: { readonly name: string; readonly nowMs: number; readonly budget: Budget },
): Subgraph {
  const { nodes, Nodes = nodes, edges, Edges = edges } = (result ?? {}) as Readonly<Record<string, unknown>>;
  if (!isHolding(Nodes) && !isHolding(Edges))
    throw mistake('query.workflow-graph', `${name} gives no graph: its result has neither nodes nor edges`);
  const found = { nodes: listOf(Nodes), edges: listOf(Edges) };
  budget.hold(found.nodes.length + found.edges.length);
  const graph = new Graph();
  const tell = (host: string, change: Change) => {
    const { refused } = graph.apply([change], { host, origin: `workflow.${name}`, time: nowMs });
    for (const { reason } of refused) throw mistake('query.workflow-graph', `${name} gives no graph: ${reason}`);
  };
  for (const { ID, Host, Metadata } of found.nodes)
    tell(text(Host), { kind: 'node', id: idOf(ID, name), metadata: metadataOf(Metadata) });
  for (const { ID, Host, Metadata, Parent, Child } of found.edges) {
    const [id, parent, child] = [ID, Parent, Child].map((end) => idOf(end, name)) as [string, string, string];
    // An end that is elsewhere, as the host of a process, has no place in this graph, and the edge has none either.
    const isHere = [parent, child].every((end) => !graph.now().nodes(end)[Symbol.iterator]().next().done);
    if (isHere) tell(text(Host), { kind: 'edge', id, parent, child, metadata: metadataOf(Metadata) });
  }
  const view = graph.now();
  return { nodes: [...view.nodes()], edges: [...view.edges()], view };
}

type Wire = Readonly<Record<'ID' | 'Host' | 'Metadata' | 'Parent' | 'Child', unknown>>;

function isHolding(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function listOf(value: unknown): readonly Wire[] {
  return isHolding(value) ? (Object.values(value).filter(isHolding) as Wire[]) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function idOf(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw mistake('query.workflow-graph', `${name} gives no graph: an element has no ID, or an edge no Parent and Child`);
}

function metadataOf(value: unknown): Metadata {
  return isHolding(value) && !Array.isArray(value) ? (value as Metadata) : {};
}
