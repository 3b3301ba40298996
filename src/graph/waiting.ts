/** Edges that were told before the nodes at their ends. */
import type { GraphEdge } from './element.ts';

/** About 1 KB each. */
const WAITING_MAX = 100_000;

export class Waiting {
  readonly #edges = new Map<string, GraphEdge>();
  readonly #byEnd = new Map<string, Set<string>>();
  #dropped = 0;

  get size(): number {
    return this.#edges.size;
  }

  /** Edges that found no room: of them a whole version has to be told again. */
  get dropped(): number {
    return this.#dropped;
  }

  get(id: string, origin: string): GraphEdge | undefined {
    return this.#edges.get(keyOf({ id, origin }));
  }

  put(edge: GraphEdge): void {
    const key = keyOf(edge);
    if (!this.#edges.has(key) && this.#edges.size >= WAITING_MAX) {
      this.#dropped++;
      return;
    }
    this.delete(edge);
    this.#edges.set(key, edge);
    for (const end of [edge.parent, edge.child]) {
      const keys = this.#byEnd.get(end);
      if (keys) keys.add(key);
      else this.#byEnd.set(end, new Set([key]));
    }
  }

  delete({ id, origin }: { readonly id: string; readonly origin: string }): void {
    const key = keyOf({ id, origin });
    const edge = this.#edges.get(key);
    if (!edge) return;
    this.#edges.delete(key);
    for (const end of [edge.parent, edge.child]) {
      const keys = this.#byEnd.get(end);
      keys?.delete(key);
      if (keys?.size === 0) this.#byEnd.delete(end);
    }
  }

  /** Those that wait for a node, among others perhaps. */
  for(node: string): GraphEdge[] {
    return Array.from(this.#byEnd.get(node) ?? [], (key) => this.#edges.get(key) as GraphEdge);
  }

  of(origin: string): GraphEdge[] {
    return [...this.#edges.values()].filter((edge) => edge.origin === origin);
  }
}

function keyOf({ id, origin }: { readonly id: string; readonly origin: string }): string {
  return `${origin} ${id}`;
}
