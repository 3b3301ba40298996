/** Metadata keys that were ever seen: what is not in the vocabulary comes from users and publishers. */
import type { Commit } from './change.ts';
import type { Element } from './element.ts';

/** More distinct keys than this are not remembered: they serve warnings and completion only. */
const KEYS_KNOWN_MAX = 10_000;

export class KnownKeys {
  readonly #seen: Set<string>;
  #list: readonly string[];

  constructor(vocabulary: readonly string[]) {
    this.#seen = new Set(vocabulary);
    this.#list = [...this.#seen];
  }

  /** The same list as long as nothing new was seen. */
  list(): readonly string[] {
    if (this.#list.length !== this.#seen.size) this.#list = [...this.#seen];
    return this.#list;
  }

  see({ events }: Pick<Commit, 'events'>): void {
    for (const { element, kind } of events) if (kind !== 'removed') this.seeOf(element);
  }

  seeOf({ metadata }: Pick<Element, 'metadata'>): void {
    if (this.#seen.size < KEYS_KNOWN_MAX) for (const key in metadata) this.#seen.add(key);
  }
}
