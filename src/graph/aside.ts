/** The latest words on elements that another teller shows: who spoke first is next. */
import type { Element } from './element.ts';
import { keyOf } from './remembered.ts';

/** Words on all elements together, about 1 KB each. */
const ASIDE_MAX = 100_000;

export class Aside {
  readonly #words = new Map<string, Map<string, Element>>();
  #size = 0;
  #dropped = 0;

  get size(): number {
    return this.#size;
  }

  /** Words that found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  get(kind: Element['kind'], id: string, origin: string): Element | undefined {
    return this.#words.get(`${kind} ${id}`)?.get(origin);
  }

  put(element: Element): void {
    const key = keyOf(element);
    const words = this.#words.get(key) ?? new Map<string, Element>();
    if (!words.has(element.origin)) {
      if (this.#size >= ASIDE_MAX) {
        this.#dropped++;
        return;
      }
      this.#size++;
    }
    this.#words.set(key, words.set(element.origin, element));
  }

  first(kind: Element['kind'], id: string): Element | undefined {
    return this.#words.get(`${kind} ${id}`)?.values().next().value;
  }

  delete(element: Pick<Element, 'kind' | 'id' | 'origin'>): void {
    const words = this.#words.get(keyOf(element));
    if (!words?.delete(element.origin)) return;
    this.#size--;
    if (words.size === 0) this.#words.delete(keyOf(element));
  }

  /** Those of one teller. */
  of(origin: string): Element[] {
    return Array.from(this.#words.values(), (words) => words.get(origin)).filter((word) => word !== undefined);
  }
}
