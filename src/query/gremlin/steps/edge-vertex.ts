import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import type { Trail } from '../run/traverser.ts';
import { defineTraversalStep, type FlatMapOp, type TraversalStep } from '../step.ts';
import { javaType } from '../value/java-type.ts';
import { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';

type Direction = 'OUT' | 'IN' | 'BOTH';

export const outV = ends('outV', 'OUT', 'The vertex an edge leaves.', ['marko']);
export const inV = ends('inV', 'IN', 'The vertex an edge arrives at.', ['vadas']);
export const bothV = ends('bothV', 'BOTH', 'Both vertices of an edge, first the one it leaves.', ['marko', 'vadas']);

export const toV = defineTraversalStep({
  name: 'toV',
  doc: 'The vertex, or both, of an edge in a direction.',
  args: 'direction',
  count: [1, 1],
  example: { query: "g.E(7).toV(Direction.OUT).values('name')", gives: ['marko'] },
  build(call, builder) {
    const [direction] = call.args;
    if (direction instanceof Token && direction.type === 'Direction') return endsOf('toV', direction.name as Direction);
    builder.wrong(call, 'toV takes a direction', 'Direction.OUT');
    return endsOf('toV', 'BOTH');
  },
});

export const otherV = defineTraversalStep({
  name: 'otherV',
  doc: 'The vertex of an edge that was not come from.',
  args: '',
  count: [0, 0],
  tracking: 'all',
  example: { query: "g.V(2).bothE().otherV().values('name')", gives: ['marko'] },
  build: () => ({
    kind: 'flatMap',
    flatMap({ value, trail }, run) {
      const edge = edgeOf(value, 'otherV');
      const from = vertexBefore(trail);
      return endOf(edge, from.id === edge.parent ? 'IN' : 'OUT', run);
    },
  }),
});

function ends(name: string, direction: Direction, doc: string, gives: string[]): TraversalStep {
  return defineTraversalStep({
    name,
    doc,
    args: '',
    count: [0, 0],
    example: { query: `g.E(7).${name}().values('name')`, gives },
    build: () => endsOf(name, direction),
  });
}

function endsOf(name: string, direction: Direction): FlatMapOp {
  if (direction !== 'BOTH')
    return { kind: 'flatMap', flatMap: ({ value }, run) => endOf(edgeOf(value, name), direction, run) };
  return {
    kind: 'flatMap',
    flatMap({ value }, run) {
      const edge = edgeOf(value, name);
      return [...endOf(edge, 'OUT', run), ...endOf(edge, 'IN', run)];
    },
  };
}

function endOf(edge: GraphEdge, direction: Direction, { view }: Run): Iterable<GraphNode> {
  return direction === 'OUT' ? view.parents(edge) : view.children(edge);
}

function edgeOf(value: GValue, name: string): GraphEdge {
  if (isElement(value) && value.kind === 'edge') return value;
  throw mistake('gremlin.type', `${name} goes from edges: ${javaType(value)} cannot be cast to Edge`);
}

/** The newest on the way. */
function vertexBefore(trail: Trail | undefined): GraphNode {
  for (let at = trail?.before; at !== undefined; at = at.before)
    if (isElement(at.value) && at.value.kind === 'node') return at.value;
  throw mistake('gremlin.path', 'The path history of the traverser does not contain a previous vertex');
}
