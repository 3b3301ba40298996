/** A small graph that is played through time: the part around a path, as it was after so many changes. */
import type { Element, GraphEdge, GraphNode } from '../graph/element.ts';
import type { Counters, GraphView, Span } from '../graph/view.ts';
import type { Step } from './steps.ts';

export class ReplayView implements GraphView {
  readonly time: Span;
  readonly #nodes = new Map<string, GraphNode>();
  readonly #edges = new Map<string, GraphEdge>();
  readonly #out = new Map<string, Map<string, GraphEdge>>();
  readonly #in = new Map<string, Map<string, GraphEdge>>();

  constructor(time: number, elements: Iterable<Element>) {
    this.time = { from: time, to: time };
    // Of several that would do a path takes the oldest, here as there.
    for (const element of [...elements].sort((a, b) => a.createdAt - b.createdAt)) this.#put(element);
  }

  play({ before, after }: Step): void {
    // What changes keeps its place among the others, what is born anew has another.
    if (before !== undefined && before.createdAt !== after?.createdAt) this.#remove(before);
    if (after !== undefined) this.#put(after);
  }

  /** As it is now: what is played to one is not to the other. */
  copy(): ReplayView {
    return new ReplayView(this.time.from, [...this.#nodes.values(), ...this.#edges.values()]);
  }

  nodes(id?: string): Iterable<GraphNode> {
    return some(this.#nodes, id);
  }

  edges(id?: string): Iterable<GraphEdge> {
    return some(this.#edges, id);
  }

  get nodeCount(): number {
    return this.#nodes.size;
  }

  get edgeCount(): number {
    return this.#edges.size;
  }

  /** Those whose other end is there too: what several probes tell of one does not end together. */
  *out(node: GraphNode): Generator<GraphEdge> {
    for (const edge of this.#out.get(node.id)?.values() ?? []) if (this.#nodes.has(edge.child)) yield edge;
  }

  *in(node: GraphNode): Generator<GraphEdge> {
    for (const edge of this.#in.get(node.id)?.values() ?? []) if (this.#nodes.has(edge.parent)) yield edge;
  }

  parents(edge: GraphEdge): Iterable<GraphNode> {
    return some(this.#nodes, edge.parent);
  }

  children(edge: GraphEdge): Iterable<GraphNode> {
    return some(this.#nodes, edge.child);
  }

  /** It is small: whoever asks looks through it. */
  nodesWith(): undefined {
    return undefined;
  }

  /** How much passed is no cause. */
  counters(): Counters | undefined {
    return undefined;
  }

  /** Nobody plays it on while it is read. */
  freeze(): void {}

  #put(element: Element): void {
    if (element.kind === 'node') {
      this.#nodes.set(element.id, element);
      return;
    }
    this.#edges.set(element.id, element);
    inner(this.#out, element.parent).set(element.id, element);
    inner(this.#in, element.child).set(element.id, element);
  }

  #remove({ kind, id }: Element): void {
    if (kind === 'node') {
      this.#nodes.delete(id);
      return;
    }
    const edge = this.#edges.get(id);
    if (edge === undefined) return;
    this.#edges.delete(id);
    this.#out.get(edge.parent)?.delete(id);
    this.#in.get(edge.child)?.delete(id);
  }
}

function* some<E>(all: ReadonlyMap<string, E>, id: string | undefined): Generator<E> {
  if (id === undefined) yield* all.values();
  else {
    const one = all.get(id);
    if (one !== undefined) yield one;
  }
}

function inner(all: Map<string, Map<string, GraphEdge>>, id: string): Map<string, GraphEdge> {
  let own = all.get(id);
  if (own === undefined) {
    own = new Map();
    all.set(id, own);
  }
  return own;
}
