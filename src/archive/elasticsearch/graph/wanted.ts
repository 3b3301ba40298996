/** A part of a moment: what the server can tell apart it does, the rest is looked at here, and no more than is wanted is fetched. */
import type { Element, Value } from '../../../graph/element.ts';
import type { Wanted } from '../../../graph/view.ts';
import type { Ground } from '../ground.ts';
import { firstPage, type Hit, PAGE_MAX, pages } from '../pages.ts';
import type { VersionDocument } from './document.ts';
import { withEnds } from './ends.ts';
import { versionName } from './names.ts';
import { atMoment } from './queries.ts';

/** Longer words are not indexed. */
const WORD_CHARS_MAX = 1_000;
/** Lives whose ends are asked for at once. */
const ENDS_AT_ONCE = 1_000;

interface Indices {
  readonly index: string;
  readonly closed: string;
}

/** Oldest first. */
export async function wantedAt(ground: Ground, indices: Indices, time: number, wanted: Wanted): Promise<Element[]> {
  const { limit = Number.POSITIVE_INFINITY } = wanted;
  const search = { index: indices.index, query: queryOf(time, wanted), sort: [{ createdAt: 'asc' }] };
  const some = new Some(ground, indices.closed, wanted);
  if (limit <= PAGE_MAX) {
    const hits = await firstPage<VersionDocument>(ground.elastic, { ...search, limit });
    await some.take(hits);
    if (some.isEnough || hits.length < limit) return some.found;
  }
  // Some that the server took for wanted were not: those that were are seen again.
  for await (const hits of pages<VersionDocument>(ground.elastic, await ground.ready(), search)) {
    await some.take(hits);
    if (some.isEnough) break;
  }
  return some.found;
}

class Some {
  readonly found: Element[] = [];
  readonly #ground: Ground;
  readonly #closed: string;
  readonly #wanted: Wanted;
  readonly #names = new Set<string>();

  constructor(ground: Ground, closed: string, wanted: Wanted) {
    this.#ground = ground;
    this.#closed = closed;
    this.#wanted = wanted;
  }

  get isEnough(): boolean {
    return this.found.length >= (this.#wanted.limit ?? Number.POSITIVE_INFINITY);
  }

  async take(hits: readonly Hit<VersionDocument>[]): Promise<void> {
    for (let at = 0; at < hits.length && !this.isEnough; at += ENDS_AT_ONCE) {
      const documents = hits.slice(at, at + ENDS_AT_ONCE).map(({ _source }) => _source);
      for (const { element } of await withEnds(this.#ground.elastic, this.#closed, documents)) {
        const name = versionName(element);
        // While it is being closed a version is there twice.
        if (this.isEnough || this.#names.has(name) || !this.#wanted.passes(element)) continue;
        this.#names.add(name);
        this.found.push(element);
      }
    }
  }
}

function queryOf(time: number, { of, equals }: Wanted): object {
  const narrowed = equals.flatMap(({ path, values }) => {
    const words = values.map(wordOf);
    // Ends of edges are no metadata, though they look like it.
    if (path === 'Parent' || path === 'Child' || words.some((word) => word === undefined)) return [];
    return [{ bool: { should: [{ terms: { [`metadata.${path}`]: words } }, { term: { isText: true } }] } }];
  });
  return {
    bool: {
      filter: [...atMoment(time), { term: { kind: of === 'nodes' ? 'node' : 'edge' } }, ...narrowed],
      must_not: [{ term: { end: true } }],
    },
  };
}

/** As it stands in the index; undefined: there it may be written in several ways. */
function wordOf(value: Value): string | undefined {
  if (typeof value === 'string') return value.length <= WORD_CHARS_MAX && !value.includes('\0') ? value : undefined;
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value);
  return undefined;
}
