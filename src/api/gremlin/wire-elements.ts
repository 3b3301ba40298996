/** How vertices and edges are told: what the writers of messages ask of a graph. */
import type { GraphEdge, GraphNode } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import type { PropertyModel } from '../../query/gremlin/property-graph.ts';
import { type ElementNames, elementNames } from '../../query/gremlin/read/element-names.ts';
import type { Property, VertexProperty } from '../../query/gremlin/value/value.ts';

export interface WireElements extends ElementNames {
  /** False: elements are told by id and label alone. */
  readonly hasProperties: boolean;
  /** Those of one key follow one another. */
  properties(node: GraphNode): readonly VertexProperty[];
  edgeProperties(edge: GraphEdge): readonly Property[];
}

/** What a request may ask for as `materializeProperties`. */
export type Materialize = 'all' | 'tokens';

export function wireElements(model: PropertyModel, view: GraphView, materialize: Materialize = 'all'): WireElements {
  const names = elementNames({ model, view });
  return {
    hasProperties: materialize === 'all',
    id: (element) => names.id(element),
    label: (element) => names.label(element),
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
    ends: (edge) => names.ends(edge),
  };
}
