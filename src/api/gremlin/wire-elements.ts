/** How vertices and edges are told: what the writers of messages ask of a graph. */
import type { Element, GraphEdge, GraphNode } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import type { PropertyModel } from '../../query/gremlin/property-graph.ts';
import type { GValue, Property, VertexProperty } from '../../query/gremlin/value/value.ts';

export interface WireElements {
  /** False: elements are told by id and label alone. */
  readonly hasProperties: boolean;
  id(element: Element): GValue;
  label(element: Element): string;
  /** Those of one key follow one another. */
  properties(node: GraphNode): readonly VertexProperty[];
  edgeProperties(edge: GraphEdge): readonly Property[];
  ends(edge: GraphEdge): Ends;
}

export interface Ends {
  readonly outV: GValue;
  readonly outVLabel: string;
  readonly inV: GValue;
  readonly inVLabel: string;
}

/** What a request may ask for as `materializeProperties`. */
export type Materialize = 'all' | 'tokens';

export function wireElements(model: PropertyModel, view: GraphView, materialize: Materialize = 'all'): WireElements {
  const nodeOf = (nodes: Iterable<GraphNode>): GraphNode | undefined => {
    for (const node of nodes) return node;
    return undefined;
  };
  return {
    hasProperties: materialize === 'all',
    id: (element) => model.id(element),
    label: (element) => model.label(element),
    properties(node) {
      const properties: VertexProperty[] = [];
      for (const key of model.keys(node, view))
        for (const property of model.vertexProperties(node, key, view)) properties.push(property);
      return properties;
    },
    edgeProperties(edge) {
      const properties: Property[] = [];
      for (const key of model.keys(edge, view)) {
        const property = model.edgeProperty(edge, key, view);
        if (property !== undefined) properties.push(property);
      }
      return properties;
    },
    ends(edge) {
      const from = nodeOf(view.parents(edge));
      const to = nodeOf(view.children(edge));
      return {
        // An end may have gone since: its id is all that is left.
        outV: model.id(from ?? { ...edge, kind: 'node', id: edge.parent }),
        outVLabel: from === undefined ? unknownLabel : model.label(from),
        inV: model.id(to ?? { ...edge, kind: 'node', id: edge.child }),
        inVLabel: to === undefined ? unknownLabel : model.label(to),
      };
    },
  };
}

/** TinkerPop's default label. */
const unknownLabel = 'vertex';
