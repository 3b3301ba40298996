/** The newest versions of elements: those that were written lately are remembered, the others read. */
import type { Element } from '../../../graph/element.ts';
import { byNames } from '../by-names.ts';
import type { Ground } from '../ground.ts';
import type { Head } from './batch.ts';
import { elementOf, type VersionDocument } from './document.ts';
import { elementName } from './names.ts';

/** About 300 bytes each beside the version itself, which the live graph mostly has too. */
const REMEMBERED_MAX = 200_000;
const READ_AT_ONCE = 2_000;

export class Heads {
  readonly #ground: Ground;
  readonly #known = new Map<string, Head>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  async of(elements: Iterable<Pick<Element, 'kind' | 'id'>>): Promise<Map<string, Head>> {
    const heads = new Map<string, Head>();
    const unknown: string[] = [];
    for (const element of elements) {
      const name = elementName(element);
      if (heads.has(name)) continue;
      const head = this.#known.get(name);
      heads.set(name, head ?? 'none');
      if (head === undefined) unknown.push(name);
    }
    const parts: Promise<void>[] = [];
    for (let at = 0; at < unknown.length; at += READ_AT_ONCE)
      parts.push(this.#read(unknown.slice(at, at + READ_AT_ONCE), heads));
    await Promise.all(parts);
    return heads;
  }

  remember(heads: ReadonlyMap<string, Head>): void {
    // All at once: what is needed again is read again.
    if (this.#known.size + heads.size > REMEMBERED_MAX) this.#known.clear();
    for (const [name, head] of heads) this.#known.set(name, head);
  }

  forget(names: Iterable<string>): void {
    for (const name of names) this.#known.delete(name);
  }

  async #read(names: readonly string[], into: Map<string, Head>): Promise<void> {
    const index = this.#ground.index('open');
    for (const { _id, _source } of await byNames<VersionDocument>(this.#ground.elastic, index, names))
      into.set(_id, elementOf(_source, undefined));
  }
}
