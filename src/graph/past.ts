/**
 * The graph as it was at a moment of valid time, or after the first events of the log: a lazy view, not a copy.
 * An edge is there only while both of its ends are: what several hosts tell of one does not begin and end together.
 */
import type { Element, GraphEdge, GraphNode, Value } from './element.ts';
import type { Graph } from './graph.ts';
import type { IndexedKey, KeyIndex } from './keyindex.ts';
import type { Moment } from './log.ts';
import type { Slot } from './slot.ts';
import type { Table } from './table.ts';
import type { Scalar } from './value.ts';
import type { Counters, GraphView, Span } from './view.ts';

export class PastView implements GraphView {
  readonly time: Span | undefined;
  readonly #graph: Graph;
  readonly #moment: Moment;
  #counts: { nodes: number; edges: number } | undefined;

  constructor(graph: Graph, moment: Moment, time: Span | undefined) {
    this.#graph = graph;
    this.#moment = moment;
    this.time = time;
  }

  nodes(id?: string): Iterable<GraphNode> {
    return this.#alive(slotsOf(this.#graph.nodes, id)) as Generator<GraphNode>;
  }

  edges(id?: string): Iterable<GraphEdge> {
    return this.#alive(slotsOf(this.#graph.edges, id)) as Generator<GraphEdge>;
  }

  get nodeCount(): number {
    return this.#counted.nodes;
  }

  get edgeCount(): number {
    return this.#counted.edges;
  }

  out(node: GraphNode): GraphEdge[] {
    const edges = [
      ...this.#alive(this.#graph.nodes.get(node.id)?.out?.candidates(this.#moment.lower) ?? []),
    ] as GraphEdge[];
    // An id can have ended here and live again between other nodes.
    return edges.filter((edge) => edge.parent === node.id);
  }

  in(node: GraphNode): GraphEdge[] {
    const edges = [
      ...this.#alive(this.#graph.nodes.get(node.id)?.in?.candidates(this.#moment.lower) ?? []),
    ] as GraphEdge[];
    return edges.filter((edge) => edge.child === node.id);
  }

  parents(edge: GraphEdge): Iterable<GraphNode> {
    return this.nodes(edge.parent);
  }

  children(edge: GraphEdge): Iterable<GraphNode> {
    return this.nodes(edge.child);
  }

  nodesWith(key: string | IndexedKey, value: Value): Iterable<GraphNode> | undefined {
    const index = this.#graph.nodes.indexOf(key);
    if (!index || typeof value === 'object') return undefined;
    return this.#holding(index, value as Scalar);
  }

  counters(id: string, series: string): Counters | undefined {
    return this.#graph.series.counters(id, series, this.time?.to);
  }

  /** Nothing to do: iterators here walk lists of their own. */
  freeze(): void {}

  versionOf(slot: Slot): Element | undefined {
    const element = slot.at(this.#moment, this.#graph.log);
    if (element?.kind !== 'edge' || !this.#graph.isMirror) return element;
    return this.#isThere(element.parent) && this.#isThere(element.child) ? element : undefined;
  }

  #isThere(node: string): boolean {
    return this.#graph.nodes.get(node)?.at(this.#moment, this.#graph.log) !== undefined;
  }

  *#alive(slots: Iterable<Slot>): Generator<Element> {
    for (const slot of slots) {
      const element = this.versionOf(slot);
      if (element) yield element;
    }
  }

  *#holding(index: KeyIndex, value: Scalar): Generator<GraphNode> {
    for (const node of this.#alive([...index.ever(value)]))
      if (index.holds(node.metadata, value)) yield node as GraphNode;
  }

  get #counted(): { nodes: number; edges: number } {
    if (!this.#counts) {
      this.#counts = { nodes: 0, edges: 0 };
      for (const _ of this.nodes()) this.#counts.nodes++;
      for (const _ of this.edges()) this.#counts.edges++;
    }
    return this.#counts;
  }
}

/** A list of its own: what ends while it is walked moves from one half of the table to the other. */
function slotsOf(table: Table<Slot>, id: string | undefined): Slot[] {
  if (id === undefined) return [...table.all()];
  const slot = table.get(id);
  return slot ? [slot] : [];
}
