/** A graph as lines of GraphSON 3: a vertex each, with its edges at both ends, as TinkerPop writes it. */
import type { GraphEdge, GraphNode } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { toGraphson } from '../../query/gremlin/graphson/value.ts';
import type { PropertyModel } from '../../query/gremlin/property-graph.ts';

/** Lines without their ends. */
export function* graphsonLines(view: GraphView, model: PropertyModel): Generator<string> {
  for (const node of view.nodes()) yield JSON.stringify(vertexOf(node, view, model));
}

function vertexOf(node: GraphNode, view: GraphView, model: PropertyModel): unknown {
  const arriving = edgesOf(view.in(node), 'outV', view, model);
  const leaving = edgesOf(view.out(node), 'inV', view, model);
  const properties: Record<string, unknown> = {};
  for (const key of model.keys(node, view))
    set(
      properties,
      key,
      model.vertexProperties(node, key, view).map(({ id, value, meta }) => ({
        id: toGraphson(id),
        value: toGraphson(value),
        ...(meta?.size ? { properties: objectOf(meta) } : {}),
      })),
    );
  return {
    id: toGraphson(model.id(node)),
    label: model.label(node),
    ...(arriving && { inE: arriving }),
    ...(leaving && { outE: leaving }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}

/** By label; undefined where there are none. */
function edgesOf(
  edges: Iterable<GraphEdge>,
  end: 'inV' | 'outV',
  view: GraphView,
  model: PropertyModel,
): Record<string, unknown> | undefined {
  const byLabel = new Map<string, unknown[]>();
  for (const edge of edges) {
    const [other] = end === 'inV' ? view.children(edge) : view.parents(edge);
    if (other === undefined) continue;
    const properties = new Map<string, unknown>();
    for (const key of model.keys(edge, view)) {
      const property = model.edgeProperty(edge, key, view);
      if (property) properties.set(key, toGraphson(property.value));
    }
    const label = model.label(edge);
    const listed = byLabel.get(label) ?? [];
    byLabel.set(label, listed);
    listed.push({
      id: toGraphson(model.id(edge)),
      [end]: toGraphson(model.id(other)),
      ...(properties.size > 0 && { properties: Object.fromEntries(properties) }),
    });
  }
  return byLabel.size > 0 ? Object.fromEntries(byLabel) : undefined;
}

function objectOf(meta: ReadonlyMap<string, Parameters<typeof toGraphson>[0]>): Record<string, unknown> {
  return Object.fromEntries(Array.from(meta, ([key, value]) => [key, toGraphson(value)]));
}

/** As assignment, also for the one name that an assignment takes for something else. */
function set(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}
