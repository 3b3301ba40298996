/** What comes out of a query: graph values, not JSON. Whoever asked draws it. */
import type { Flow } from '../flow/flow.ts';
import type { Loss } from '../flow/loss.ts';
import type { Element, GraphEdge, GraphNode, Metadata, Value } from '../graph/element.ts';
import type { Difference, GraphView, Sample, Span } from '../graph/view.ts';
import type { Fault } from '../std/mistake.ts';
import type { Explanation, Profile } from './explain.ts';
import type { Kind } from './kind.ts';
import type { FlowGroup, Item, NextHopOf, PacketsOf, Path, Run, Series, SocketsOf, Subgraph } from './step.ts';

export type Answer = Result & {
  /** Of the moment the answer speaks of; counters of its elements can be asked from it. */
  readonly view: GraphView;
  /** What was asked about; undefined is now. */
  readonly time: Span | undefined;
  readonly warnings: readonly Fault[];
  /** What may be missing; there when flows were asked for. */
  readonly loss?: readonly Loss[];
};

export type Result =
  | { readonly kind: 'graph'; readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }
  | { readonly kind: 'nodes'; readonly nodes: readonly GraphNode[] }
  | { readonly kind: 'edges'; readonly edges: readonly GraphEdge[] }
  | { readonly kind: 'paths'; readonly paths: readonly Path[] }
  | { readonly kind: 'values'; readonly values: readonly Value[] }
  | { readonly kind: 'maps'; readonly maps: readonly Metadata[] }
  /** `null` only where there is none: the greatest of nothing. */
  | { readonly kind: 'value'; readonly value: Value }
  /** By element id; `Aggregates` puts all under 'Aggregated'. */
  | { readonly kind: 'metrics'; readonly groups: ReadonlyMap<string, readonly Sample[]> }
  /** Undefined: the sum of no samples. */
  | { readonly kind: 'metric'; readonly sample: Sample | undefined }
  | { readonly kind: 'nexthops'; readonly hops: readonly NextHopOf[] }
  | { readonly kind: 'differences'; readonly differences: readonly Difference[] }
  /** Versions, oldest first. */
  | { readonly kind: 'history'; readonly elements: readonly Element[] }
  | { readonly kind: 'flows'; readonly flows: readonly Flow[] }
  | { readonly kind: 'flowgroups'; readonly flowGroups: readonly FlowGroup[] }
  | { readonly kind: 'packets'; readonly packets: readonly PacketsOf[] }
  | { readonly kind: 'sockets'; readonly sockets: readonly SocketsOf[] }
  | { readonly kind: 'plan'; readonly plan: Explanation }
  | { readonly kind: 'profile'; readonly profile: Profile };

export function resultOf(kind: Exclude<Kind, 'start'>, items: readonly Item[]): Result {
  switch (kind) {
    case 'nodes':
      return { kind, nodes: items as GraphNode[] };
    case 'edges':
      return { kind, edges: items as GraphEdge[] };
    case 'graph': {
      const { nodes, edges } = items[0] as Subgraph;
      return { kind, nodes, edges };
    }
    case 'paths':
      return { kind, paths: items as Path[] };
    case 'values':
      return { kind, values: items as Value[] };
    case 'maps':
      return { kind, maps: items as Metadata[] };
    case 'value':
      return { kind, value: (items[0] as Value | undefined) ?? null };
    case 'metrics':
      return { kind, groups: new Map((items as Series[]).map(({ id, samples }) => [id, samples])) };
    case 'metric':
      return { kind, sample: items[0] as Sample | undefined };
    case 'nexthops':
      return { kind, hops: items as NextHopOf[] };
    case 'differences':
      return { kind, differences: items as Difference[] };
    case 'history':
      return { kind, elements: items as Element[] };
    case 'flows':
      return { kind, flows: items as Flow[] };
    case 'flowgroups':
      return { kind, flowGroups: items as FlowGroup[] };
    case 'packets':
      return { kind, packets: items as PacketsOf[] };
    case 'sockets':
      return { kind, sockets: items as SocketsOf[] };
  }
}

/** `G` alone: everything there is. */
export function* wholeGraph({ view, budget }: Run): Generator<undefined, Omit<Subgraph, 'view'>> {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  for (const node of view.nodes()) {
    if (budget.spend()) yield undefined;
    nodes.push(node);
  }
  for (const edge of view.edges()) {
    if (budget.spend()) yield undefined;
    edges.push(edge);
  }
  budget.checkResults(nodes.length + edges.length);
  return { nodes, edges };
}
