import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import { defineTraversalStep, type FlatMapOp, type TraversalStep } from '../step.ts';
import { javaType } from '../value/java-type.ts';
import { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';

export type Direction = 'OUT' | 'IN' | 'BOTH';
type Gives = 'vertices' | 'edges';

export const out = alongEdges('out', 'OUT', 'vertices', "g.V(1).out('knows').values('name')", ['vadas', 'josh']);
export const in_ = alongEdges('in', 'IN', 'vertices', "g.V(2).in().values('name')", ['marko']);
export const both = alongEdges('both', 'BOTH', 'vertices', "g.V(4).both('knows').values('name')", ['marko']);
export const to = inDirection('to', 'vertices', "g.V(1).to(Direction.OUT, 'knows').values('name')", ['vadas', 'josh']);
export const outE = alongEdges('outE', 'OUT', 'edges', 'g.V(4).outE().count()', ['2']);
export const inE = alongEdges('inE', 'IN', 'edges', 'g.V(4).inE().count()', ['1']);
export const bothE = alongEdges('bothE', 'BOTH', 'edges', 'g.V(4).bothE().count()', ['3']);
export const toE = inDirection('toE', 'edges', "g.V(1).toE(Direction.OUT, 'knows').count()", ['2']);

function alongEdges(name: string, direction: Direction, gives: Gives, query: string, results: string[]): TraversalStep {
  const way = { OUT: 'that leave', IN: 'that arrive at', BOTH: 'of' }[direction];
  return defineTraversalStep({
    name,
    doc: gives === 'edges' ? `Edges ${way} a vertex.` : `Vertices at the other end of edges ${way} a vertex.`,
    args: '[edge label, …]',
    count: [0, Number.POSITIVE_INFINITY],
    example: { query, gives: results },
    build: (call, builder) => walk(call, direction, gives, labelsOf(call, builder, 0)),
  });
}

/** The direction is an argument. */
function inDirection(name: string, gives: Gives, query: string, results: string[]): TraversalStep {
  return defineTraversalStep({
    name,
    doc: `${gives === 'edges' ? 'Edges' : 'Vertices at the other end of edges'} of a vertex in a direction.`,
    args: 'direction[, edge label, …]',
    count: [1, Number.POSITIVE_INFINITY],
    example: { query, gives: results },
    build(call, builder) {
      const [direction] = call.args;
      if (direction instanceof Token && direction.type === 'Direction')
        return walk(call, direction.name as Direction, gives, labelsOf(call, builder, 1));
      builder.wrong(call, `${name} takes a direction`, 'Direction.OUT');
      return walk(call, 'BOTH', gives, []);
    },
  });
}

function labelsOf(call: StepCall, builder: Builder, from: number): readonly string[] | undefined {
  const labels = builder.strings(call, call.args.slice(from));
  // `out(null)` is along no edge, `out()` along each.
  return labels.length === 0 && call.args.length > from ? undefined : labels;
}

/** `labels`: none is any; undefined is no edge at all. */
function walk(
  { name }: StepCall,
  direction: Direction,
  gives: Gives,
  labels: readonly string[] | undefined,
): FlatMapOp {
  if (labels === undefined) return { kind: 'flatMap', flatMap: ({ value }) => none(vertex(value, name)) };
  const along = gives === 'edges' ? edgesOf : neighbours;
  return {
    kind: 'flatMap',
    flatMap: ({ value }, run) => along(vertex(value, name), direction, labels, run),
    size: ({ value }, run) => (isSpan(run) ? undefined : countOf(vertex(value, name), direction, labels, run)),
  };
}

function none(_node: GraphNode): GValue[] {
  return [];
}

function vertex(value: GValue, name: string): GraphNode {
  if (isElement(value) && value.kind === 'node') return value;
  throw mistake('gremlin.type', `${name} goes from vertices: ${javaType(value)} cannot be cast to Vertex`);
}

/** Then an edge has as many ends as there were versions of them. */
function isSpan({ view: { time } }: Run): boolean {
  return time !== undefined && time.from !== time.to;
}

/** At an instant each edge leads to one vertex, so that nobody has to look at those. */
function countOf(node: GraphNode, direction: Direction, labels: readonly string[], run: Run): number {
  const { view } = run;
  return (
    (direction === 'IN' ? 0 : countAmong(view.out(node), labels, run)) +
    (direction === 'OUT' ? 0 : countAmong(view.in(node), labels, run))
  );
}

function countAmong(edges: Iterable<GraphEdge>, labels: readonly string[], run: Run): number {
  if (labels.length === 0 && Array.isArray(edges)) return edges.length;
  const one = labels.length === 1 ? labels[0] : undefined;
  let count = 0;
  for (const edge of edges) if (passes(edge, labels, one, run)) count++;
  return count;
}

/** Out before in, as TinkerPop has it. An edge to itself comes from either side. */
export function edgesOf(
  node: GraphNode,
  direction: Direction,
  labels: readonly string[],
  run: Run,
): Iterable<GraphEdge> {
  const { view } = run;
  if (labels.length === 0 && direction !== 'BOTH') return direction === 'OUT' ? view.out(node) : view.in(node);
  const edges: GraphEdge[] = [];
  if (direction !== 'IN') addEdges(edges, view.out(node), labels, run);
  if (direction !== 'OUT') addEdges(edges, view.in(node), labels, run);
  return edges;
}

function addEdges(edges: GraphEdge[], some: Iterable<GraphEdge>, labels: readonly string[], run: Run): void {
  const one = labels.length === 1 ? labels[0] : undefined;
  for (const edge of some) if (passes(edge, labels, one, run)) edges.push(edge);
}

function neighbours(node: GraphNode, direction: Direction, labels: readonly string[], run: Run): GraphNode[] {
  const nodes: GraphNode[] = [];
  const one = labels.length === 1 ? labels[0] : undefined;
  const { view } = run;
  if (direction !== 'IN')
    for (const edge of view.out(node)) if (passes(edge, labels, one, run)) addAll(nodes, view.children(edge));
  if (direction !== 'OUT')
    for (const edge of view.in(node)) if (passes(edge, labels, one, run)) addAll(nodes, view.parents(edge));
  return nodes;
}

function passes(edge: GraphEdge, labels: readonly string[], one: string | undefined, { model }: Run): boolean {
  if (one !== undefined) return model.label(edge) === one;
  return labels.length === 0 || labels.includes(model.label(edge));
}

/** In a span of time there may be several versions; at an instant there is one, as an array. */
function addAll(nodes: GraphNode[], some: Iterable<GraphNode>): void {
  if (Array.isArray(some) && some.length === 1) nodes.push(some[0]);
  else for (const node of some) nodes.push(node);
}
