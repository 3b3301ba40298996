/**
 * Ways that packets take between nodes, as the graph knows them: along links, and through a namespace or a host that
 * forwards between its interfaces. Pure: elements in, ids out.
 */
import type { WireEdge } from '../contract/element.ts';

/** A link is a step. Through a namespace is a way only where links do not lead. */
const LINK = 1;
const THROUGH_OWNER = 1_000;

export interface Ground {
  /** Edges `layer2`, and `ownership` by `owners`. */
  readonly edges: readonly WireEdge[];
  /** Ids of namespaces and hosts. */
  readonly owners: ReadonlySet<string>;
}

export class Ways {
  readonly #steps = new Map<string, { readonly to: string; readonly cost: number }[]>();
  readonly #owners: ReadonlySet<string>;

  constructor({ edges, owners }: Ground) {
    this.#owners = owners;
    for (const { Parent, Child, Metadata } of edges) {
      if (Metadata.RelationType === 'layer2') this.#add(Parent, Child, LINK);
      // A host owns namespaces, but packets do not go from one to the other that way.
      else if (owners.has(Parent) && !owners.has(Child)) this.#add(Parent, Child, THROUGH_OWNER / 2);
    }
  }

  /** The nodes from one to the other, both included, without the namespaces passed through; undefined: there is no way. */
  between(from: string, to: string): string[] | undefined {
    const { before, costs } = this.#from(from);
    if (!costs.has(to)) return undefined;
    const way: string[] = [];
    for (let at: string | undefined = to; at !== undefined; at = before.get(at)) way.unshift(at);
    return way.filter((id) => !this.#owners.has(id) || id === from || id === to);
  }

  /** How far everything is that can be reached. */
  costsFrom(from: string): ReadonlyMap<string, number> {
    return this.#from(from).costs;
  }

  #add(a: string, b: string, cost: number): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const steps = this.#steps.get(from);
      if (steps) steps.push({ to, cost });
      else this.#steps.set(from, [{ to, cost }]);
    }
  }

  /** Dijkstra's, with a queue for each of the few costs there are. */
  #from(start: string): { costs: Map<string, number>; before: Map<string, string> } {
    const costs = new Map([[start, 0]]);
    const before = new Map<string, string>();
    const waiting = new Map<number, string[]>([[0, [start]]]);
    const done = new Set<string>();
    while (waiting.size > 0) {
      const cost = Math.min(...waiting.keys());
      const nodes = waiting.get(cost) ?? [];
      waiting.delete(cost);
      for (const node of nodes) {
        if (done.has(node)) continue;
        done.add(node);
        for (const step of this.#steps.get(node) ?? []) {
          const total = cost + step.cost;
          if (total >= (costs.get(step.to) ?? Number.POSITIVE_INFINITY)) continue;
          costs.set(step.to, total);
          before.set(step.to, node);
          const same = waiting.get(total);
          if (same) same.push(step.to);
          else waiting.set(total, [step.to]);
        }
      }
    }
    return { costs, before };
  }
}
