/** What a file says becomes elements of a graph: vertices at once, edges when all their ends are there. */
import type { GraphNode } from '../graph/element.ts';
import type { GraphWriter, NewProperty } from '../query/gremlin/property-graph.ts';
import { keyOf } from '../query/gremlin/value/identity.ts';
import type { GValue } from '../query/gremlin/value/value.ts';
import { mistake } from '../std/mistake.ts';
import type { Loaded } from './reading.ts';

export interface VertexRecord {
  readonly id: GValue;
  readonly label: string;
  readonly properties: readonly NewProperty[];
}

export interface EdgeRecord {
  /** Undefined to have one made. */
  readonly id: GValue | undefined;
  readonly label: string;
  /** Ids of vertices, as the file has them. */
  readonly from: GValue;
  readonly to: GValue;
  readonly properties: readonly NewProperty[];
}

export class Loading {
  readonly #writer: GraphWriter;
  readonly #nodes = new Map<unknown, GraphNode>();
  #waiting: EdgeRecord[] = [];
  #edges = 0;

  constructor(writer: GraphWriter) {
    this.#writer = writer;
  }

  vertex({ id, label, properties }: VertexRecord): void {
    this.#nodes.set(keyOf(id), this.#writer.addVertex(label, id, properties));
  }

  /** At once when its ends are there. */
  edge(edge: EdgeRecord): void {
    if (this.#nodes.has(keyOf(edge.from)) && this.#nodes.has(keyOf(edge.to))) this.#add(edge);
    else this.#waiting.push(edge);
  }

  /** After all vertices: so the edges of a vertex come in the order of the file, wherever their other ends stand. */
  edgeLater(edge: EdgeRecord): void {
    this.#waiting.push(edge);
  }

  /** Throws a Mistake for an edge whose ends never came. */
  *end(): Generator<undefined, Loaded> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [at, edge] of waiting.entries()) {
      this.#add(edge);
      if (at % AT_ONCE === AT_ONCE - 1) yield;
    }
    return { vertices: this.#nodes.size, edges: this.#edges };
  }

  #add({ id, label, from, to, properties }: EdgeRecord): void {
    this.#writer.addEdge(label, this.#node(from, label), this.#node(to, label), id, properties);
    this.#edges++;
  }

  #node(id: GValue, label: string): GraphNode {
    const node = this.#nodes.get(keyOf(id));
    if (node) return node;
    throw mistake(
      'graphfile.no-end',
      `an edge ${JSON.stringify(label)} has an end that is no vertex of the file: ${JSON.stringify(id)}`,
    );
  }
}

/** So many edges take a few milliseconds. */
const AT_ONCE = 2000;
