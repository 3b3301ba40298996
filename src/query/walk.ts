/** Going from nodes to their neighbours. */
import type { GraphEdge, GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { type Condition, meetsAll } from './condition.ts';
import type { Items, Run } from './step.ts';

export type Direction = 'out' | 'in' | 'both';

/** Along edges, to the nodes that meet the conditions; a node that two edges lead to comes twice. */
export function neighbours(direction: Direction, conditions: readonly Condition[]) {
  return function* (input: Items<GraphNode>, { view, budget }: Run): Generator<GraphNode | undefined> {
    for (const node of input) {
      if (node === undefined) {
        yield undefined;
        continue;
      }
      if (direction !== 'out')
        for (const edge of view.in(node))
          for (const parent of view.parents(edge)) {
            if (budget.spend()) yield undefined;
            if (meetsAll(conditions, parent, view)) yield parent;
          }
      if (direction !== 'in')
        for (const edge of view.out(node))
          for (const child of view.children(edge)) {
            if (budget.spend()) yield undefined;
            if (meetsAll(conditions, child, view)) yield child;
          }
    }
  };
}

/** To the edges themselves. */
export function edgesOf(direction: Direction, conditions: readonly Condition[]) {
  return function* (input: Items<GraphNode>, { view, budget }: Run): Generator<GraphEdge | undefined> {
    for (const node of input) {
      if (node === undefined) {
        yield undefined;
        continue;
      }
      for (const edges of [direction === 'out' ? [] : view.in(node), direction === 'in' ? [] : view.out(node)])
        for (const edge of edges) {
          if (budget.spend()) yield undefined;
          if (meetsAll(conditions, edge, view)) yield edge;
        }
    }
  };
}

/** From edges to their nodes. */
export function endsOf(end: 'parent' | 'child' | 'both', conditions: readonly Condition[]) {
  return function* (input: Items<GraphEdge>, { view, budget }: Run): Generator<GraphNode | undefined> {
    for (const edge of input) {
      if (edge === undefined) {
        yield undefined;
        continue;
      }
      for (const nodes of [end === 'child' ? [] : view.parents(edge), end === 'parent' ? [] : view.children(edge)])
        for (const node of nodes) {
          if (budget.spend()) yield undefined;
          if (meetsAll(conditions, node, view)) yield node;
        }
    }
  };
}

/** What makes two versions the same thing: within a span the same id appears once for each of its versions. */
export function identityIn(view: GraphView): (element: { id: string; updatedAt: number; revision: number }) => string {
  const isSpan = view.time !== undefined && view.time.from !== view.time.to;
  return isSpan ? ({ id, updatedAt, revision }) => `${id} ${updatedAt} ${revision}` : ({ id }) => id;
}
