/** Breadth first from several nodes at once, each node once, the origins first. */
import type { GraphEdge, GraphNode } from '../graph/element.ts';
import { type Condition, meetsAny } from './condition.ts';
import { compileKey } from './key.ts';
import { equalTo } from './predicates.ts';
import type { Items, World } from './step.ts';
import { type Direction, identityIn } from './walk.ts';

/** Edges that meet any of the conditions are followed; without conditions those of ownership. */
export function reached(direction: Direction, conditions: readonly Condition[], depth: number) {
  const followed = conditions.length > 0 ? conditions : ownership;
  return function* (
    input: Items<GraphNode>,
    { view, budget }: Pick<World, 'view' | 'budget'>,
  ): Generator<GraphNode | undefined> {
    const identity = identityIn(view);
    const seen = new Set<string>();
    const isNew = (node: GraphNode) => {
      const before = seen.size;
      seen.add(identity(node));
      return seen.size > before;
    };
    const isFollowed = (edge: GraphEdge) => meetsAny(followed, edge, view);
    let level: GraphNode[] = [];
    for (const node of input) {
      if (node !== undefined && !isNew(node)) continue;
      if (node !== undefined) level.push(node);
      yield node;
    }
    for (let far = 0; far < depth && level.length > 0; far++) {
      const next: GraphNode[] = [];
      budget.hold(level.length);
      for (const from of level)
        for (const end of ends(direction)) {
          for (const edge of end === 'parents' ? view.in(from) : view.out(from)) {
            if (budget.spend()) yield undefined;
            if (!isFollowed(edge)) continue;
            for (const node of view[end](edge)) {
              if (!isNew(node)) continue;
              next.push(node);
              yield node;
            }
          }
        }
      level = next;
    }
  };
}

const ownership: readonly Condition[] = [{ key: compileKey('RelationType'), predicate: equalTo(['ownership']) }];

function ends(direction: Direction): readonly ('parents' | 'children')[] {
  switch (direction) {
    case 'in':
      return ['parents'];
    case 'out':
      return ['children'];
    case 'both':
      return ['parents', 'children'];
  }
}
