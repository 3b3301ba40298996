/** Counters: points of series as they come, beside them the newest of each series, and what they were at a moment. */
import type { SampleEvent } from '../../../graph/change.ts';
import type { Element } from '../../../graph/element.ts';
import type { Counters, Sample, Span } from '../../../graph/view.ts';
import type { BulkItem } from '../bulk.ts';
import type { Ground } from '../ground.ts';
import { PAGE_MAX, PASS_BY, pages } from '../pages.ts';
import type { Slices } from '../rollover.ts';
import { type SampleDocument, sampleDocument } from './document.ts';
import { idOf, seriesName, wordOf } from './names.ts';
import { all, moment, ofIds } from './queries.ts';

/** Ids in one question. */
const IDS_AT_ONCE = 2_000;
/** How far back the newest point before a moment is looked for, in steps; after the last, as far as there is anything. */
const STEP_MS = 120_000;
const STEPS_MS = [1_800_000, 28_800_000];

export class CounterStore {
  readonly #ground: Ground;
  readonly #newest: string;
  readonly #samples: Slices;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#newest = ground.index('counters');
    this.#samples = ground.slices('samples');
  }

  get pattern(): string {
    return this.#samples.pattern;
  }

  /** Points before have gone; 0: all are there. */
  get first(): number {
    return this.#samples.list[0]?.start ?? 0;
  }

  items(samples: readonly SampleEvent[]): BulkItem[] {
    const newest = new Map<string, BulkItem>();
    const points = samples.map((sample): BulkItem => {
      const name = seriesName(sample.id, sample.series);
      const doc = JSON.stringify(sampleDocument(sample, name));
      newest.set(name, {
        op: 'index',
        index: this.#newest,
        id: name,
        version: String(Math.max(0, Math.floor(sample.last))),
        doc,
      });
      return { op: 'index', index: this.#samples.indexAt(sample.last), id: `${sample.last} ${name}`, doc };
    });
    return [...points, ...newest.values()];
  }

  async samples(
    ids: readonly string[],
    series: string,
    { from, to }: Span,
    rowsMax: (count: number) => void,
  ): Promise<Map<string, Sample[]>> {
    const found = new Map<string, Sample[]>(ids.map((id) => [id, []]));
    await this.#ground.fresh(this.pattern);
    const server = await this.#ground.ready();
    const span = [
      ...(Number.isFinite(from) ? [{ range: { last: { gt: moment(from) } } }] : []),
      ...(Number.isFinite(to) ? [{ range: { start: { lt: moment(to) } } }] : []),
    ];
    let count = 0;
    for (const some of parts([...found.keys()])) {
      const query = all([ofIds(some.map(wordOf)), { term: { series } }, ...span]);
      for await (const hits of pages<SampleDocument>(this.#ground.elastic, server, {
        index: this.pattern,
        query,
        sort: [{ last: 'asc' }],
      })) {
        count += hits.length;
        rowsMax(count);
        for (const { _source } of hits) {
          const { start, last, counters } = _source;
          found.get(idOf(_source.id))?.push({ start, last, counters });
        }
      }
    }
    return found;
  }

  /** Of each of these elements and each series the newest point up to that moment, of the life it had then. */
  async at(time: number, elements: readonly Element[]): Promise<Map<string, Map<string, Counters>>> {
    const found = new Map<string, Map<string, Counters>>();
    await this.#ground.fresh(this.#newest, this.pattern);
    const births = new Map(elements.map(({ id, createdAt }) => [id, createdAt]));
    const ids = [...births.keys()];
    // Most series have a point shortly before: of few elements these are asked for beside the names of their series.
    const isShort = ids.length <= IDS_AT_ONCE;
    const [known, recent] = await Promise.all([
      this.#seriesOf(ids, births),
      isShort ? this.#newestIn(ofIds(ids.map(wordOf)), time - STEP_MS, time) : [],
    ]);
    let open = known;
    const take = (document: SampleDocument) => {
      const id = idOf(document.id);
      open.delete(document.name);
      if (document.last >= (births.get(id) ?? Number.POSITIVE_INFINITY)) put(found, id, document);
    };
    for (const document of [...open.values()]) if (document.last <= time) take(document);
    for (const document of recent) if (open.has(document.name)) take(document);
    if (isShort) open = older(open, births, time - STEP_MS);
    for (const stepMs of [...(isShort ? [] : [STEP_MS]), ...STEPS_MS, Number.POSITIVE_INFINITY]) {
      const from = time - stepMs;
      if (open.size === 0) break;
      for (const some of parts([...open.keys()]))
        for (const document of await this.#newestIn({ terms: { name: some } }, from, time)) take(document);
      open = older(open, births, from);
    }
    return found;
  }

  /** Which series there are, with their newest points. */
  async #seriesOf(ids: readonly string[], births: ReadonlyMap<string, number>): Promise<Map<string, SampleDocument>> {
    const known = new Map<string, SampleDocument>();
    const server = await this.#ground.ready();
    const isMany = ids.length > IDS_AT_ONCE;
    let since = Number.POSITIVE_INFINITY;
    for (const birth of births.values()) since = Math.min(since, birth);
    const wanted = new Set(ids.map(wordOf));
    for (const some of isMany ? [undefined] : parts(ids)) {
      const query = all([{ range: { last: { gte: moment(since) } } }, ...(some ? [ofIds(some.map(wordOf))] : [])]);
      const search = { index: this.#newest, query };
      for await (const hits of pages<SampleDocument>(this.#ground.elastic, server, { ...search, page: PAGE_MAX }))
        for (const { _source } of hits) if (wanted.has(_source.id)) known.set(_source.name, _source);
    }
    return known;
  }

  async #newestIn(of: object, from: number, to: number): Promise<SampleDocument[]> {
    const last = { lte: moment(to), ...(Number.isFinite(from) && { gt: moment(from) }) };
    const answer = await this.#ground.elastic.request<Collapsed>({
      method: 'POST',
      path: `/${this.pattern}/_search`,
      query: { ...PASS_BY, filter_path: 'hits.hits._source' },
      body: {
        size: PAGE_MAX,
        query: all([of, { range: { last } }]),
        sort: [{ last: 'desc' }],
        collapse: { field: 'name' },
        track_total_hits: false,
      },
    });
    return (answer.hits?.hits ?? []).map(({ _source }) => _source);
  }
}

/** Series of lives that had begun by then: of the others there is nothing further back. */
function older<T extends { readonly id: string }>(
  open: ReadonlyMap<string, T>,
  births: ReadonlyMap<string, number>,
  from: number,
): Map<string, T> {
  return new Map([...open].filter(([, { id }]) => (births.get(idOf(id)) ?? 0) <= from));
}

interface Collapsed {
  readonly hits?: { readonly hits?: readonly { readonly _source: SampleDocument }[] };
}

function put(
  found: Map<string, Map<string, Counters>>,
  id: string,
  { series, start, last, counters, total }: SampleDocument,
): void {
  const ofId = found.get(id) ?? new Map<string, Counters>();
  found.set(id, ofId.set(series, { total: total ?? counters, last: { start, last, counters } }));
}

function* parts<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += IDS_AT_ONCE) yield list.slice(at, at + IDS_AT_ONCE);
}
