/** Every version that overlaps a span of time, oldest first. The same id can appear more than once. */
import type { Element, GraphEdge, GraphNode, Value } from './element.ts';
import type { Graph } from './graph.ts';
import type { IndexedKey } from './keyindex.ts';
import type { Slot } from './slot.ts';
import type { Scalar } from './value.ts';
import type { Counters, GraphView, Span } from './view.ts';

export class SpanView implements GraphView {
  readonly time: Span;
  readonly #graph: Graph;
  #nodes: GraphNode[] | undefined;
  #edges: GraphEdge[] | undefined;

  constructor(graph: Graph, span: Span) {
    this.#graph = graph;
    this.time = span;
  }

  nodes(id?: string): GraphNode[] {
    if (id !== undefined) return this.#versions(this.#graph.nodes.get(id)) as GraphNode[];
    this.#nodes ??= this.#all(this.#graph.nodes.all()) as GraphNode[];
    return this.#nodes;
  }

  edges(id?: string): GraphEdge[] {
    if (id !== undefined) return this.#versions(this.#graph.edges.get(id)) as GraphEdge[];
    this.#edges ??= this.#all(this.#graph.edges.all()) as GraphEdge[];
    return this.#edges;
  }

  get nodeCount(): number {
    return this.nodes().length;
  }

  get edgeCount(): number {
    return this.edges().length;
  }

  out(node: GraphNode): GraphEdge[] {
    const edges = this.#all(this.#graph.nodes.get(node.id)?.out?.candidates(0) ?? []) as GraphEdge[];
    return edges.filter((edge) => edge.parent === node.id && overlap(edge, node));
  }

  in(node: GraphNode): GraphEdge[] {
    const edges = this.#all(this.#graph.nodes.get(node.id)?.in?.candidates(0) ?? []) as GraphEdge[];
    return edges.filter((edge) => edge.child === node.id && overlap(edge, node));
  }

  parents(edge: GraphEdge): GraphNode[] {
    return this.nodes(edge.parent).filter((node) => overlap(edge, node));
  }

  children(edge: GraphEdge): GraphNode[] {
    return this.nodes(edge.child).filter((node) => overlap(edge, node));
  }

  nodesWith(key: string | IndexedKey, value: Value): GraphNode[] | undefined {
    const index = this.#graph.nodes.indexOf(key);
    if (!index || typeof value === 'object') return undefined;
    const nodes = this.#all(index.ever(value as Scalar)) as GraphNode[];
    return nodes.filter((node) => index.holds(node.metadata, value as Scalar));
  }

  counters(id: string, series: string): Counters | undefined {
    return this.#graph.series.counters(id, series, this.time.to);
  }

  freeze(): void {}

  #versions(slot: Slot | undefined): Element[] {
    return slot ? [...slot.versions(this.time.from, this.time.to, this.#graph.log)] : [];
  }

  #all(slots: Iterable<Slot>): Element[] {
    return Array.from(slots, (slot) => this.#versions(slot))
      .flat()
      .sort((a, b) => a.updatedAt - b.updatedAt);
  }
}

/** Whether two versions existed together. */
export function overlap(a: Element, b: Element): boolean {
  return a.updatedAt < (b.validTo ?? Number.POSITIVE_INFINITY) && b.updatedAt < (a.validTo ?? Number.POSITIVE_INFINITY);
}
