/** Where one gets from a vertex over one edge: by a direction, or by a traversal that finds the edges. */
import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import type { Child } from '../arguments/child.ts';
import type { Builder } from '../compile/builder.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import { alone } from '../run/traverser.ts';
import { type Direction, edgesOf } from '../steps/vertex.ts';
import { Token } from '../value/token.ts';
import type { Setting } from './settings.ts';

export interface Hop {
  readonly edge: GraphEdge;
  readonly to: GraphNode;
}

export type HopsFrom = (node: GraphNode, run: Run) => Generator<undefined, Hop[]>;

export function hopsBy(edges: Setting | undefined, usual: Direction, builder: Builder): HopsFrom {
  const { value, from } = edges ?? {};
  if (value instanceof Token && value.type === 'Direction') return along(value.name as Direction);
  if (value === undefined || from === undefined) return along(usual);
  return found(builder.child(value, from), builder);
}

function along(direction: Direction): HopsFrom {
  // biome-ignore lint/correctness/useYield: it never has to wait.
  return function* (node, run) {
    return hops(node, edgesOf(node, direction, [], run), run);
  };
}

function found(child: Child, { tracking }: Builder): HopsFrom {
  const fresh = alone(tracking);
  return function* (node, run) {
    const edges: GraphEdge[] = [];
    for (const value of yield* child.values(fresh(node), run)) {
      if (!isElement(value) || value.kind !== 'edge') throw mistake('gremlin.type', 'what leads on has to be edges');
      edges.push(value);
    }
    return hops(node, edges, run);
  };
}

/** The other end of each. */
function hops(node: GraphNode, edges: Iterable<GraphEdge>, { view }: Run): Hop[] {
  const made: Hop[] = [];
  for (const edge of edges) {
    const [parent] = view.parents(edge);
    const [to] = parent?.id === node.id ? view.children(edge) : [parent];
    if (to !== undefined) made.push({ edge, to });
  }
  return made;
}
