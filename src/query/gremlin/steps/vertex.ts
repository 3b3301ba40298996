import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import { isElement } from '../read.ts';
import type { Run } from '../run.ts';
import { defineTraversalStep, type FlatMapOp, type TraversalStep } from '../step.ts';
import type { GValue } from '../value/value.ts';

type Direction = 'out' | 'in' | 'both';

export const out = alongEdges('out', 'out', 'vertices', "g.V(1).out('knows').values('name')", ['vadas', 'josh']);
export const in_ = alongEdges('in', 'in', 'vertices', "g.V(2).in().values('name')", ['marko']);
export const both = alongEdges('both', 'both', 'vertices', "g.V(4).both('knows').values('name')", ['marko']);
export const outE = alongEdges('outE', 'out', 'edges', 'g.V(4).outE().count()', ['2']);
export const inE = alongEdges('inE', 'in', 'edges', 'g.V(4).inE().count()', ['1']);
export const bothE = alongEdges('bothE', 'both', 'edges', 'g.V(4).bothE().count()', ['3']);

function alongEdges(
  name: string,
  direction: Direction,
  gives: 'vertices' | 'edges',
  query: string,
  results: string[],
): TraversalStep {
  const way = { out: 'that leave', in: 'that arrive at', both: 'of' }[direction];
  return defineTraversalStep({
    name,
    doc: gives === 'edges' ? `Edges ${way} a vertex.` : `Vertices at the other end of edges ${way} a vertex.`,
    args: '[edge label, …]',
    count: [0, Number.POSITIVE_INFINITY],
    example: { query, gives: results },
    build(call, builder): FlatMapOp {
      const labels = builder.strings(call);
      const walk = gives === 'edges' ? edgesOf : neighbours;
      return { kind: 'flatMap', flatMap: ({ value }, run) => walk(vertex(value, name), direction, labels, run) };
    },
  });
}

function vertex(value: GValue, name: string): GraphNode {
  if (isElement(value) && value.kind === 'node') return value;
  throw mistake('gremlin.type', `${name} goes from vertices`);
}

/** Out before in, as TinkerPop has it. */
export function edgesOf(node: GraphNode, direction: Direction, labels: readonly string[], run: Run): GraphEdge[] {
  const { view, model } = run;
  const edges: GraphEdge[] = [];
  const take = (some: Iterable<GraphEdge>) => {
    for (const edge of some) if (labels.length === 0 || labels.includes(model.label(edge))) edges.push(edge);
  };
  if (direction !== 'in') take(view.out(node));
  if (direction !== 'out') take(view.in(node));
  return edges;
}

function neighbours(node: GraphNode, direction: Direction, labels: readonly string[], run: Run): GraphNode[] {
  const { view, model } = run;
  const nodes: GraphNode[] = [];
  const take = (edges: Iterable<GraphEdge>, end: 'parents' | 'children') => {
    for (const edge of edges)
      if (labels.length === 0 || labels.includes(model.label(edge)))
        for (const other of view[end](edge)) nodes.push(other);
  };
  if (direction !== 'in') take(view.out(node), 'children');
  if (direction !== 'out') take(view.in(node), 'parents');
  return nodes;
}
