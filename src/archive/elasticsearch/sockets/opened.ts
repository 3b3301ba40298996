/** Since when sockets are known, by the names of their documents: one that is told again may have been told with less. */
import { byNames, type Named } from '../by-names.ts';
import type { Elastic } from '../client.ts';

/** Open sockets remembered, about 150 bytes each; others are asked for. */
const REMEMBERED_MAX = 200_000;
const NAMES = 5_000;

export class Opened {
  readonly #elastic: Elastic;
  readonly #index: string;
  readonly #known = new Map<string, number>();

  constructor(elastic: Elastic, index: string) {
    this.#elastic = elastic;
    this.#index = index;
  }

  /** Of those that are known. */
  async of(names: Iterable<string>): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const missing: string[] = [];
    for (const name of names) {
      const at = this.#known.get(name);
      if (at === undefined) missing.push(name);
      else found.set(name, at);
    }
    for (let at = 0; at < missing.length; at += NAMES)
      for (const { _id, _source } of await this.#read(missing.slice(at, at + NAMES))) found.set(_id, _source.openedAt);
    return found;
  }

  set(name: string, openedAt: number): void {
    this.#known.delete(name);
    this.#known.set(name, openedAt);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED_MAX && oldest !== undefined) this.#known.delete(oldest);
  }

  clear(): void {
    this.#known.clear();
  }

  #read(names: readonly string[]): Promise<Named<{ readonly openedAt: number }>[]> {
    return byNames(this.#elastic, this.#index, names, 'openedAt');
  }
}
