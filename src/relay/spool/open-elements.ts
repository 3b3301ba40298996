/** What is open after all that was told: the agent's own part of the graph, as others know it. */
import type { Element, Metadata, Value } from '../../graph/element.ts';
import type { Told } from '../../graph/told.ts';
import { put } from '../../graph/value.ts';

export class OpenElements {
  readonly #elements = new Map<string, Element>();

  get all(): Iterable<Element> {
    return this.#elements.values();
  }

  clear(): void {
    this.#elements.clear();
  }

  /** What is known already, or newer, stays: a picture may be ahead of what follows it. */
  take(told: Told): void {
    if (told.kind === 'version') {
      this.#version(told.element);
      return;
    }
    const key = `${told.of} ${told.id}`;
    const known = this.#elements.get(key);
    if (!known || known.createdAt !== told.createdAt) return;
    if (told.kind === 'gone') this.#elements.delete(key);
    else if (told.revision > known.revision)
      this.#elements.set(key, {
        ...known,
        metadata: changed(known.metadata, told.set, told.unset),
        revision: told.revision,
        updatedAt: told.updatedAt,
        recordedAt: told.updatedAt,
      });
  }

  #version(element: Element): void {
    const key = `${element.kind} ${element.id}`;
    const known = this.#elements.get(key);
    const isOlder =
      known &&
      (known.createdAt > element.createdAt ||
        (known.createdAt === element.createdAt && known.revision > element.revision));
    if (isOlder) return;
    if (element.deletedAt === undefined) this.#elements.set(key, { ...element, validTo: undefined });
    else this.#elements.delete(key);
  }
}

function changed(before: Metadata, set: Metadata, unset: readonly string[]): Metadata {
  const after: Record<string, Value> = {};
  for (const [key, value] of Object.entries(before)) if (!unset.includes(key)) put(after, key, value);
  for (const [key, value] of Object.entries(set)) put(after, key, value);
  return after;
}
