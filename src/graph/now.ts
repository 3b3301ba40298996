/**
 * The graph as it is when the view is made. It reads the live maps as long as nothing has changed; when the graph has
 * moved on it goes on as the view of that position in the log, so that one query sees one instant.
 */
import type { GraphEdge, GraphNode, Value } from './element.ts';
import type { Graph } from './graph.ts';
import type { IndexedKey } from './keyindex.ts';
import { PastView } from './past.ts';
import type { Slot } from './slot.ts';
import type { Scalar } from './value.ts';
import type { Counters, GraphView } from './view.ts';

export class NowView implements GraphView {
  readonly time = undefined;
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly #graph: Graph;
  readonly #position: number;
  /** Counters have no position in the log: what was read later is of another instant. */
  readonly #lastRead: number;
  readonly #open = new Set<Scan>();
  #past: PastView | undefined;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#position = graph.log.next;
    this.#lastRead = Math.max(graph.lastTime, graph.series.lastTime);
    this.nodeCount = graph.nodes.alive.size;
    this.edgeCount = graph.edges.alive.size;
  }

  nodes(id?: string): Iterable<GraphNode> {
    if (this.#moved) return this.#then.nodes(id);
    if (id === undefined) return this.#scan(this.#graph.nodes.alive.values()) as Iterable<GraphNode>;
    const current = this.#graph.nodes.alive.get(id)?.current;
    return current ? [current as GraphNode] : [];
  }

  edges(id?: string): Iterable<GraphEdge> {
    if (this.#moved) return this.#then.edges(id);
    if (id === undefined) return this.#scan(this.#graph.edges.alive.values()) as Iterable<GraphEdge>;
    const current = this.#graph.edges.alive.get(id)?.current;
    return current ? [current as GraphEdge] : [];
  }

  out(node: GraphNode): Iterable<GraphEdge> {
    if (this.#moved) return this.#then.out(node);
    return this.#edgesOf(this.#graph.nodes.alive.get(node.id)?.out?.alive());
  }

  in(node: GraphNode): Iterable<GraphEdge> {
    if (this.#moved) return this.#then.in(node);
    return this.#edgesOf(this.#graph.nodes.alive.get(node.id)?.in?.alive());
  }

  parents(edge: GraphEdge): Iterable<GraphNode> {
    return this.nodes(edge.parent);
  }

  children(edge: GraphEdge): Iterable<GraphNode> {
    return this.nodes(edge.child);
  }

  nodesWith(key: string | IndexedKey, value: Value): Iterable<GraphNode> | undefined {
    if (this.#moved) return this.#then.nodesWith(key, value);
    const index = this.#graph.nodes.indexOf(key);
    if (!index || typeof value === 'object') return undefined;
    const slots = index.now(value as Scalar);
    if (!(slots instanceof Set)) return Array.from(slots, (slot) => slot.current as GraphNode);
    return this.#scan(slots.values()) as Iterable<GraphNode>;
  }

  counters(id: string, series: string): Counters | undefined {
    return this.#graph.series.counters(id, series, this.#lastRead);
  }

  freeze(): void {
    for (const scan of this.#open) scan.freeze();
  }

  get #moved(): boolean {
    return this.#graph.log.next !== this.#position;
  }

  get #then(): PastView {
    const position = this.#position;
    this.#past ??= new PastView(this.#graph, { time: Number.NaN, lower: position, upper: position }, undefined);
    return this.#past;
  }

  #scan(slots: Iterator<Slot>): Scan {
    const scan = new Scan(slots, this.#open);
    this.#open.add(scan);
    return scan;
  }

  /** Short lists are copied, so that adjacency never holds the live list of a node. */
  #edgesOf(slots: Iterable<Slot> | undefined): GraphEdge[] {
    const edges: GraphEdge[] = [];
    if (slots) for (const slot of slots) edges.push(slot.current as GraphEdge);
    return edges;
  }
}

/** An iterator over live slots that can take what is left of it aside before the slots change. */
class Scan implements IterableIterator<GraphNode | GraphEdge> {
  #slots: Iterator<Slot>;
  #rest: Iterator<GraphNode | GraphEdge> | undefined;
  readonly #open: Set<Scan>;

  constructor(slots: Iterator<Slot>, open: Set<Scan>) {
    this.#slots = slots;
    this.#open = open;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<GraphNode | GraphEdge> {
    if (this.#rest) return this.#rest.next();
    const { done, value } = this.#slots.next();
    if (!done) return { done: false, value: value.current as GraphNode | GraphEdge };
    this.#open.delete(this);
    return { done: true, value: undefined };
  }

  return(): IteratorResult<GraphNode | GraphEdge> {
    this.#open.delete(this);
    this.#rest = [][Symbol.iterator]();
    return { done: true, value: undefined };
  }

  freeze(): void {
    const rest: (GraphNode | GraphEdge)[] = [];
    for (let step = this.#slots.next(); !step.done; step = this.#slots.next())
      rest.push(step.value.current as GraphNode | GraphEdge);
    this.#rest = rest.values();
    this.#open.delete(this);
  }
}
