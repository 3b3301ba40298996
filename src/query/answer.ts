/** What comes out of a query: graph values, not JSON. Whoever asked draws it. */
import type { Element, GraphEdge, GraphNode, Metadata, Value } from '../graph/element.ts';
import type { Difference, GraphView, Sample } from '../graph/view.ts';
import type { Fault } from '../std/mistake.ts';
import type { Explanation, Profile } from './explain.ts';
import type { Kind } from './kind.ts';
import type { Item, NextHopOf, Path, Run, Series, Subgraph } from './step.ts';

export type Answer = Result & {
  /** Of the moment the answer speaks of; counters of its elements can be asked from it. */
  readonly view: GraphView;
  readonly warnings: readonly Fault[];
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
