/** What an earlier run left behind: each element waits until someone speaks of its id, or is let go as lost. */
import type { Element } from './element.ts';

export class Remembered {
  readonly #waiting = new Map<string, Element>();
  /** Edges that nobody will speak of: they wait for their ends only. */
  readonly #edges = new Set<Element>();
  /** Lost already: another took the id. */
  readonly #replaced: Element[] = [];

  add(elements: Iterable<Element>): void {
    for (const element of elements) this.#waiting.set(keyOf(element), element);
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  get(kind: Element['kind'], id: string): Element | undefined {
    return this.#waiting.get(`${kind} ${id}`);
  }

  /** It is back. */
  delete(element: Element): void {
    this.#waiting.delete(keyOf(element));
    this.#edges.delete(element);
  }

  /** The id begins another life: what had it is not coming back. */
  replace(kind: Element['kind'], id: string): void {
    const element = this.get(kind, id);
    if (!element) return;
    this.delete(element);
    this.#replaced.push(element);
  }

  /** Those that nobody will speak of, nodes before edges; an edge whose ends are not there yet goes on waiting. */
  unspoken(wanted: (element: Element) => boolean): readonly Element[] {
    const found = [...this.#waiting.values()].filter(wanted);
    for (const element of found) if (element.kind === 'edge') this.#edges.add(element);
    return found.sort((a, b) => Number(a.kind === 'edge') - Number(b.kind === 'edge'));
  }

  get edgesThatWait(): ReadonlySet<Element> {
    return this.#edges;
  }

  /** What is not back. */
  all(): Element[] {
    return [...this.#replaced, ...this.#waiting.values()];
  }

  /** Hands out, and lets go, what is not back. */
  takeAll(): Element[] {
    const elements = this.all();
    this.#replaced.length = 0;
    this.#waiting.clear();
    this.#edges.clear();
    return elements;
  }
}

export function keyOf({ kind, id }: Pick<Element, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
