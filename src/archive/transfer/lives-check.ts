/** Versions of elements: those of one life follow one another, and lives of one element too. */
import type { Element } from '../../graph/element.ts';

interface Seen {
  readonly created: number;
  readonly from: number;
  readonly to: number;
  readonly deleted: number;
  readonly revision: number;
}

export class LivesCheck {
  readonly #part: { readonly passes: number; readonly pass: number };
  readonly #versions = new Map<string, Seen[]>();

  /** Of all elements, those whose turn it is in this pass. */
  constructor(part: { readonly passes: number; readonly pass: number }) {
    this.#part = part;
  }

  add(element: Element): void {
    const { kind, id, createdAt, updatedAt, revision } = element;
    const { validTo = Number.POSITIVE_INFINITY, deletedAt = Number.POSITIVE_INFINITY } = element;
    const name = `${kind} ${id}`;
    if (hashOf(name) % this.#part.passes !== this.#part.pass) return;
    const seen = { created: createdAt, from: updatedAt, to: validTo, deleted: deletedAt, revision };
    const known = this.#versions.get(name);
    if (known) known.push(seen);
    else this.#versions.set(name, [seen]);
  }

  *problems(): Generator<string> {
    for (const [name, versions] of this.#versions) yield* problemsOf(name, versions);
  }
}

function* problemsOf(name: string, versions: Seen[]): Generator<string> {
  versions.sort((a, b) => a.created - b.created || a.from - b.from || a.revision - b.revision);
  for (const [i, version] of versions.entries()) {
    const { created, from, to, deleted, revision } = version;
    const where = `${name}, life since ${created}, revision ${revision}`;
    if (!(to > from)) yield `${where}: ends (${to}) before it begins (${from})`;
    if (from < created) yield `${where}: begins (${from}) before its life`;
    if (to > deleted) yield `${where}: goes on (${to}) after the end of its life (${deleted})`;
    const before = versions[i - 1];
    if (!before) continue;
    const earlier = before.created === created ? `revision ${before.revision}` : `the life since ${before.created}`;
    if (before.created === created && before.revision === revision && before.from === from)
      yield `${where}: is there twice`;
    else if (before.to > from) yield `${where}: begins (${from}) before ${earlier} ends (${before.to})`;
    if (before.created === created && before.deleted !== deleted)
      yield `${where}: its life ends at ${deleted}, but by ${earlier} at ${before.deleted}`;
  }
}

/** FNV-1a, 32 bits: only to part the elements evenly. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
