/** What was computed of each vertex, read like any other property for the rest of the run. Nothing is written. */
import type { GraphNode } from '../../../graph/element.ts';
import { named } from '../forms/each.ts';
import type { PropertyModel } from '../property-graph.ts';
import type { Run } from '../run/run.ts';
import type { Mark } from '../run/traverser.ts';
import type { StreamOp } from '../step.ts';
import { type GValue, VertexProperty } from '../value/value.ts';

export type Values = ReadonlyMap<string, GValue>;

/** Computes before anything passes. By the ids of nodes. */
export function computing(key: string, mark: Mark, compute: (run: Run) => Generator<undefined, Values>): StreamOp {
  return {
    kind: 'stream',
    *stream(input, run) {
      run.model = withValues(run.model, key, yield* compute(run));
      for (const one of input) yield one && named(one, mark);
    },
  };
}

function withValues(model: PropertyModel, key: string, values: Values): PropertyModel {
  const property = (node: GraphNode) => {
    const value = values.get(node.id);
    return value === undefined ? [] : [new VertexProperty(`${String(model.id(node))}.${key}`, key, value, node)];
  };
  return {
    label: (element) => model.label(element),
    id: (element) => model.id(element),
    node: (id, view) => model.node(id, view),
    edge: (id, view) => model.edge(id, view),
    reader: (asked) => (asked === key ? (element) => values.get(element.id) : model.reader(asked)),
    *keys(element, view) {
      yield* model.keys(element, view);
      if (values.has(element.id)) yield key;
    },
    vertexProperties: (node, asked, view) =>
      asked === key ? property(node) : model.vertexProperties(node, asked, view),
    edgeProperty: (edge, asked, view) => model.edgeProperty(edge, asked, view),
    nodesWith: (asked, value, view) => (asked === key ? undefined : model.nodesWith(asked, value, view)),
    nodesLabelled: (label, view) => model.nodesLabelled?.(label, view),
  };
}
