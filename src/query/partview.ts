/** A part of a graph as a view of its own: what is not in the part is not there. */
import type { GraphEdge, GraphNode, Value } from '../graph/element.ts';
import type { IndexedKey } from '../graph/keyindex.ts';
import type { Counters, GraphView, Span } from '../graph/view.ts';
import { identityIn } from './walk.ts';

export class PartView implements GraphView {
  readonly time: Span | undefined;
  readonly #whole: GraphView;
  readonly #nodes: ReadonlyMap<string, GraphNode>;
  readonly #edges: ReadonlyMap<string, GraphEdge>;
  readonly #identity: (element: GraphNode | GraphEdge) => string;

  /** Nodes and edges by their identity in the whole. */
  constructor(whole: GraphView, nodes: ReadonlyMap<string, GraphNode>, edges: ReadonlyMap<string, GraphEdge>) {
    this.time = whole.time;
    this.#whole = whole;
    this.#nodes = nodes;
    this.#edges = edges;
    this.#identity = identityIn(whole);
  }

  get nodeCount(): number {
    return this.#nodes.size;
  }

  get edgeCount(): number {
    return this.#edges.size;
  }

  nodes(id?: string): Iterable<GraphNode> {
    return id === undefined ? this.#nodes.values() : this.#only(this.#nodes, this.#whole.nodes(id));
  }

  edges(id?: string): Iterable<GraphEdge> {
    return id === undefined ? this.#edges.values() : this.#only(this.#edges, this.#whole.edges(id));
  }

  out(node: GraphNode): Iterable<GraphEdge> {
    return this.#only(this.#edges, this.#whole.out(node));
  }

  in(node: GraphNode): Iterable<GraphEdge> {
    return this.#only(this.#edges, this.#whole.in(node));
  }

  parents(edge: GraphEdge): Iterable<GraphNode> {
    return this.#only(this.#nodes, this.#whole.parents(edge));
  }

  children(edge: GraphEdge): Iterable<GraphNode> {
    return this.#only(this.#nodes, this.#whole.children(edge));
  }

  nodesWith(key: string | IndexedKey, value: Value): Iterable<GraphNode> | undefined {
    const found = this.#whole.nodesWith(key, value);
    return found && this.#only(this.#nodes, found);
  }

  counters(id: string, series: string): Counters | undefined {
    return this.#whole.counters(id, series);
  }

  freeze(): void {
    this.#whole.freeze();
  }

  *#only<E extends GraphNode | GraphEdge>(part: ReadonlyMap<string, E>, elements: Iterable<E>): Generator<E> {
    for (const element of elements) if (part.has(this.#identity(element))) yield element;
  }
}
