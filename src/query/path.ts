/**
 * Shortest paths, edges counting one each and direction ignored. When an index knows the targets the search goes from
 * both ends and meets in the middle, which visits the square root of what one end alone would.
 */
import type { GraphEdge, GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import type { Way } from './arguments.ts';
import { type Condition, meetsAll } from './condition.ts';
import type { Budget } from './limits.ts';
import { bestLookup, indexableOf, take } from './source.ts';
import type { Path } from './step.ts';
import { identityIn } from './walk.ts';

/** How a search came to a node. */
interface Visit {
  readonly node: GraphNode;
  readonly depth: number;
  readonly from: Visit | undefined;
}

export class PathFinder {
  readonly #way: Way;
  readonly #view: GraphView;
  readonly #budget: Budget;
  readonly #identity: (node: GraphNode) => string;
  /** All that match, when an index could tell and they are few. */
  readonly #targets: readonly GraphNode[] | undefined;

  constructor(way: Way, { view, budget }: { readonly view: GraphView; readonly budget: Budget }) {
    this.#way = way;
    this.#view = view;
    this.#budget = budget;
    this.#identity = identityIn(view);
    this.#targets = fewTargets(way.target, view);
  }

  /** Gives one path, or none when there is no way. */
  *from(source: GraphNode): Generator<Path | undefined> {
    if (meetsAll(this.#way.target, source, this.#view)) yield [source];
    else if (this.#targets === undefined) yield* this.#search(source);
    else if (this.#targets.length > 0) yield* this.#meet(source, this.#targets);
  }

  /** From one end, asking of each node whether it is a target. */
  *#search(source: GraphNode): Generator<Path | undefined> {
    const side = new Side([source], this.#identity);
    while (side.level.length > 0) {
      for (const visit of yield* this.#grow(side)) {
        if (!meetsAll(this.#way.target, visit.node, this.#view)) continue;
        yield pathTo(visit).reverse();
        return;
      }
    }
  }

  /** From both ends, always the one with fewer nodes at its border. */
  *#meet(source: GraphNode, targets: readonly GraphNode[]): Generator<Path | undefined> {
    const near = new Side([source], this.#identity);
    const far = new Side(targets, this.#identity);
    while (near.level.length > 0 && far.level.length > 0) {
      const [side, other] = near.level.length <= far.level.length ? [near, far] : [far, near];
      let best: [Visit, Visit] | undefined;
      for (const visit of yield* this.#grow(side)) {
        const met = other.visits.get(this.#identity(visit.node));
        // The whole level counts: the other side may have come to one of these nodes on a shorter way.
        if (met !== undefined && (best === undefined || met.depth < best[1].depth)) best = [visit, met];
      }
      if (best === undefined) continue;
      const [here, there] = side === near ? best : [best[1], best[0]];
      yield [...pathTo(here).reverse(), ...pathTo(there).slice(1)];
      return;
    }
  }

  /** One level further; gives the nodes that are new. */
  *#grow(side: Side): Generator<undefined, readonly Visit[]> {
    const before = side.level;
    side.level = [];
    for (const from of before)
      for (const edges of [this.#view.in(from.node), this.#view.out(from.node)])
        for (const edge of edges) {
          if (this.#budget.spend()) yield undefined;
          if (!meetsAll(this.#way.edges, edge, this.#view)) continue;
          for (const node of this.#otherEnd(edge, from.node)) side.visit(node, from);
        }
    this.#budget.hold(side.level.length);
    return side.level;
  }

  #otherEnd(edge: GraphEdge, node: GraphNode): Iterable<GraphNode> {
    return edge.parent === node.id ? this.#view.children(edge) : this.#view.parents(edge);
  }
}

/** Where there are more, one is near: a search from the source alone finds it soon. */
const TARGETS_MAX = 1000;

function fewTargets(wanted: readonly Condition[], view: GraphView): readonly GraphNode[] | undefined {
  const found = bestLookup(indexableOf(wanted, 'nodes'), 'nodes', view);
  if (found === undefined) return undefined;
  const { head, isAll } = take(found.elements, TARGETS_MAX);
  return isAll ? (head as GraphNode[]).filter((node) => meetsAll(wanted, node, view)) : undefined;
}

/** One of the two searches. */
class Side {
  readonly visits = new Map<string, Visit>();
  level: Visit[] = [];
  readonly #identity: (node: GraphNode) => string;

  constructor(origins: readonly GraphNode[], identity: (node: GraphNode) => string) {
    this.#identity = identity;
    for (const node of origins) this.visit(node, undefined);
  }

  visit(node: GraphNode, from: Visit | undefined): void {
    const id = this.#identity(node);
    if (this.visits.has(id)) return;
    const visit: Visit = { node, depth: from === undefined ? 0 : from.depth + 1, from };
    this.visits.set(id, visit);
    this.level.push(visit);
  }
}

/** From the node back to where the search began. */
function pathTo(visit: Visit): GraphNode[] {
  const path: GraphNode[] = [];
  for (let at: Visit | undefined = visit; at !== undefined; at = at.from) path.push(at.node);
  return path;
}
