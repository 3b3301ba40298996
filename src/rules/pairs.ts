/** The nodes that an edge rule ties, two by two. */
import type { GraphNode } from '../graph/element.ts';
import { mistake } from '../std/mistake.ts';
import type { EdgeRule, RuleLimits } from './rule.ts';

export interface PairsParts {
  readonly match: (query: string) => Promise<readonly GraphNode[]>;
  readonly limits: Pick<RuleLimits, 'edges'>;
}

/** Every two once, also when both queries find both. Throws a Mistake when there are too many. */
export async function pairsOf(
  { Src, Dst }: Pick<EdgeRule, 'Src' | 'Dst'>,
  { match, limits }: PairsParts,
): Promise<(readonly [string, string])[]> {
  const from = new Set((await match(Src)).map(({ id }) => id));
  const to = new Set((await match(Dst)).map(({ id }) => id));
  if (from.size * to.size > limits.edges)
    throw mistake(
      'rule.edges',
      `Src finds ${from.size} nodes and Dst ${to.size}: these are ${from.size * to.size} edges, and one rule makes ${limits.edges} at most`,
      'narrow one of the queries',
    );
  const pairs: (readonly [string, string])[] = [];
  const done = new Set<string>();
  for (const parent of from)
    for (const child of to) {
      if (parent === child || done.has(`${child} ${parent}`)) continue;
      done.add(`${parent} ${child}`);
      pairs.push([parent, child]);
    }
  return pairs;
}
