/**
 * How the elements of a graph look as a property graph. A traversal reads a `GraphView` through this, so that the network
 * and graphs of one's own are asked in the same way, now and in the past.
 */
import type { Element, GraphEdge, GraphNode } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import type { GValue, Property, VertexProperty } from './value/value.ts';

export interface PropertyModel {
  label(element: Element): string;
  id(element: Element): GValue;
  /** By the id as users know it; a number of another type, or its text, finds it too. */
  node(id: GValue, view: GraphView): GraphNode | undefined;
  edge(id: GValue, view: GraphView): GraphEdge | undefined;
  /** A key, taken apart once. */
  reader(key: string): Reader;
  /** Keys of its properties, in order. */
  keys(element: Element, view: GraphView): Iterable<string>;
  /** The properties under a key as objects of their own. */
  vertexProperties(node: GraphNode, key: string, view: GraphView): readonly VertexProperty[];
  edgeProperty(edge: GraphEdge, key: string, view: GraphView): Property | undefined;
  /** Nodes whose property is exactly this; undefined when no index knows. May hold others too: the caller asks again. */
  nodesWith(key: string, value: GValue, view: GraphView): Iterable<GraphNode> | undefined;
  /** The same by label. */
  nodesLabelled?(label: string, view: GraphView): Iterable<GraphNode> | undefined;
}

/** The value of a key; undefined where there is none. A key that has several gives `Several`. */
export type Reader = (element: Element, view: GraphView) => GValue | Several | undefined;

/** Values of a property with several of them. */
export class Several {
  readonly values: readonly GValue[];

  constructor(values: readonly GValue[]) {
    this.values = values;
  }
}

/** Changes of the graph. Each is done when the call returns. Throws a Mistake for what cannot be. */
export interface GraphWriter {
  /** `id`: undefined to have one made. Properties in order; of a key with `single` the last holds. */
  addVertex(label: string, id: GValue | undefined, properties: readonly NewProperty[]): GraphNode;
  addEdge(
    label: string,
    from: GraphNode,
    to: GraphNode,
    id: GValue | undefined,
    properties: readonly NewProperty[],
  ): GraphEdge;
  /** The element as it is then. */
  setProperty<E extends Element>(element: E, property: NewProperty): E;
  removeProperty(property: VertexProperty | Property): void;
  /** A node takes its edges with it. One that has gone already is no mistake. */
  remove(element: Element): void;
  /** Resolves when all that was written is durable: a traversal that has written ends with that. */
  kept?(): Promise<void>;
  /** The cardinality of a vertex property when nobody names one. */
  readonly usual: Cardinality;
}

export type Cardinality = 'single' | 'list' | 'set';

export interface NewProperty {
  readonly key: string;
  /** Of a vertex property; undefined to have one made. With list or set one that is there is changed, not added to. */
  readonly id?: GValue | undefined;
  readonly value: GValue;
  /** Undefined: the usual one. */
  readonly cardinality?: Cardinality | undefined;
  readonly meta?: readonly (readonly [string, GValue])[] | undefined;
}
