/** The shortest ways from one vertex to all others (Dijkstra), several where several are as short. */
import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import type { Run } from '../run/run.ts';
import type { HopsFrom } from './hops.ts';

export interface Reached {
  readonly node: GraphNode;
  distance: number;
  /** The last step of each of the shortest ways; empty where it begins. */
  from: { readonly edge: GraphEdge; readonly before: Reached }[];
  isSettled: boolean;
}

export interface Terrain {
  readonly hopsFrom: HopsFrom;
  weigh(edge: GraphEdge): Generator<undefined, number>;
  readonly most: number;
}

/** In order of distance. */
export function* shortest(
  start: GraphNode,
  { hopsFrom, weigh, most }: Terrain,
  run: Run,
): Generator<undefined, Reached[]> {
  const all = new Map<string, Reached>([[start.id, { node: start, distance: 0, from: [], isSettled: false }]]);
  const settled: Reached[] = [];
  const frontier = new Frontier();
  frontier.add(all.get(start.id) as Reached, 0);
  for (let next = frontier.take(); next !== undefined; next = frontier.take()) {
    if (next.isSettled) continue;
    next.isSettled = true;
    settled.push(next);
    for (const { edge, to } of yield* hopsFrom(next.node, run)) {
      if (run.budget.spend()) yield undefined;
      const weight = yield* weigh(edge);
      if (weight < 0) throw mistake('gremlin.argument', 'a distance cannot be below zero');
      const distance = next.distance + weight;
      if (distance > most) continue;
      let known = all.get(to.id);
      if (known === undefined) {
        known = { node: to, distance: Number.POSITIVE_INFINITY, from: [], isSettled: false };
        all.set(to.id, known);
        run.budget.hold(2);
      }
      if (known.isSettled || distance > known.distance) continue;
      if (distance < known.distance) {
        known.distance = distance;
        known.from = [];
        frontier.add(known, distance);
      }
      known.from.push({ edge, before: next });
    }
  }
  run.budget.hold(-2 * (all.size - 1));
  return settled;
}

/** A heap, nearest first. */
class Frontier {
  readonly #heap: { readonly reached: Reached; readonly distance: number }[] = [];

  add(reached: Reached, distance: number): void {
    const heap = this.#heap;
    let at = heap.push({ reached, distance }) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#distance(above) <= distance) break;
      this.#swap(at, above);
      at = above;
    }
  }

  take(): Reached | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first?.reached;
    heap[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const least = this.#distance(left + 1) < this.#distance(left) ? left + 1 : left;
      if (this.#distance(least) >= last.distance) break;
      this.#swap(at, least);
      at = least;
    }
    return first.reached;
  }

  #distance(at: number): number {
    return this.#heap[at]?.distance ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b] as (typeof heap)[0], heap[a] as (typeof heap)[0]];
  }
}
