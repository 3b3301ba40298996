/** The graph of the past in Elasticsearch: open versions in one index, closed ones in slices of time. */
import type { GraphEvent } from '../../../graph/change.ts';
import type { Element } from '../../../graph/element.ts';
import type { Counters, GraphView, Sample, Span, Wanted } from '../../../graph/view.ts';
import { mistake } from '../../../std/mistake.ts';
import type { ArchiveBatch, ElementName } from '../../archive.ts';
import type { DumpedOfGraph, DumpPage } from '../../dump.ts';
import { gapsBetween } from '../../gaps.ts';
import { SnapshotView } from '../../snapshot.ts';
import type { BulkItem } from '../bulk.ts';
import { counted } from '../counted.ts';
import type { Ground } from '../ground.ts';
import { allHits, type Hit, pages } from '../pages.ts';
import type { Slices } from '../rollover.ts';
import { GraphBatch } from './batch.ts';
import { CounterStore } from './counters.ts';
import { dumpGraph } from './dump.ts';
import { Heads } from './heads.ts';
import { ElementHistory } from './late.ts';
import { graphTemplates } from './mapping.ts';
import { elementName, idOf, wordOf } from './names.ts';
import { elementsOf, type GraphDocument, newestOfElements, oldestFirst } from './pictures.ts';
import { all, asKnown, atMoment, endedBy, ofIds, overlaps } from './queries.ts';
import { Writers } from './state.ts';
import { wantedAt } from './wanted.ts';

const IDS_AT_ONCE = 1_000;

export class GraphStore {
  readonly #ground: Ground;
  readonly #open: string;
  readonly #versions: Slices;
  readonly #counters: CounterStore;
  readonly #heads: Heads;
  readonly #writers: Writers;
  readonly #spanRowsMax: number;

  constructor(ground: Ground, spanRowsMax: number) {
    ground.use(graphTemplates);
    this.#ground = ground;
    this.#open = ground.index('open');
    this.#versions = ground.slices('versions');
    this.#counters = new CounterStore(ground);
    this.#heads = new Heads(ground);
    this.#writers = new Writers(ground);
    this.#spanRowsMax = spanRowsMax;
  }

  async append(batch: ArchiveBatch): Promise<void> {
    await this.#ground.ready();
    const next = await this.#writers.next(batch);
    if (!next) return;
    const heads = await this.#heads.of(batch.events.map(({ element }) => element));
    const graph = new GraphBatch({ open: this.#open, versions: this.#versions }, heads);
    for (const event of batch.events) graph.take(event);
    try {
      await this.#ground.write(graph.closed);
      const { conflicts } = await this.#ground.write([
        ...graph.opened,
        ...this.#counters.items(batch.samples),
        next.item,
      ]);
      const late = new Map(graph.late);
      // Somebody else has written newer ones.
      for (const { index, id } of conflicts)
        if (index === this.#open)
          late.set(
            id,
            batch.events.filter(({ element }) => elementName(element) === id),
          );
      this.#heads.remember(graph.heads);
      if (late.size > 0) await this.#putRight(late);
    } catch (error) {
      this.#heads.forget(graph.heads.keys());
      throw error;
    }
    this.#writers.kept(batch, next.heard);
  }

  async viewAt(
    time: number,
    { knownAt, wanted }: { readonly knownAt?: number; readonly wanted?: Wanted },
  ): Promise<GraphView> {
    if (wanted && knownAt === undefined) {
      await this.#freshen();
      const moment = { from: time, to: time };
      return this.#view(
        moment,
        await wantedAt(this.#ground, { index: this.#both, closed: this.#versions.pattern }, time, wanted),
      );
    }
    const moment = { from: time, to: time };
    if (knownAt === undefined) return this.#view(moment, elementsOf(await this.#documents(atMoment(time))));
    return this.#view(moment, newestOfElements(await this.#asKnown(time, knownAt)));
  }

  async viewBetween(span: Span): Promise<GraphView> {
    return this.#view(span, elementsOf(await this.#documents([overlaps(span)])));
  }

  async versions(ids: readonly string[], span: Span): Promise<Element[]> {
    const documents: GraphDocument[] = [];
    for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
      const words = ids.slice(at, at + IDS_AT_ONCE).map(wordOf);
      for (const document of await this.#documents([ofIds(words), overlaps(span)])) documents.push(document);
    }
    return oldestFirst(elementsOf(documents));
  }

  async open(origins?: ReadonlySet<string>): Promise<Element[]> {
    await this.#ground.ready();
    await this.#ground.fresh(this.#open);
    const query = origins ? all([{ terms: { origin: [...origins] } }]) : { match_all: {} };
    const elements = elementsOf(await this.#read(this.#open, query));
    const order = ({ kind, createdAt }: Element) => (kind === 'node' ? createdAt : createdAt + EDGES_LAST);
    return elements.sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1));
  }

  async closeLost(lost: readonly ElementName[], time: number): Promise<void> {
    const now = this.#ground.clock.now();
    for (let at = 0; at < lost.length; at += IDS_AT_ONCE) {
      const some = lost.slice(at, at + IDS_AT_ONCE);
      await this.#rewrite(some, (history) => history.lose(time, now));
    }
  }

  samples(ids: readonly string[], series: string, span: Span): Promise<Map<string, Sample[]>> {
    return this.#counters.samples(ids, series, span, (count) => this.#bound(count, 'samples'));
  }

  range(): Promise<Span | undefined> {
    return this.#writers.range();
  }

  async gaps(): Promise<Span[]> {
    return gapsBetween((await this.#writers.all()).filter(({ isRelayed }) => !isRelayed));
  }

  async prune(before: number): Promise<void> {
    const range = await this.range();
    if (!range) return;
    const cutoff = Math.min(before, range.to);
    await this.#ground.fresh(this.#versions.pattern, this.#counters.pattern, this.#ground.index('counters'));
    const samples = { range: { last: { lte: cutoff } } };
    await this.#delete(this.#versions.pattern, endedBy(cutoff));
    await this.#delete(this.#counters.pattern, samples);
    await this.#delete(this.#ground.index('counters'), samples);
    await this.#writers.pruned(cutoff);
  }

  /** Slices that ended before were dropped. */
  async dropped(): Promise<void> {
    // What is told as kept is there as a whole.
    const first = Math.max(this.#versions.list[0]?.start ?? 0, this.#counters.first);
    if (first === 0) return;
    await this.#writers.pruned(first);
    // Newest points of series that ended then: of the others the next one takes their place.
    await this.#delete(this.#ground.index('counters'), { range: { last: { lt: first } } });
  }

  async counts(): Promise<{ readonly versions: number; readonly samples: number }> {
    await this.#ground.ready();
    await this.#ground.fresh(this.#open, this.#versions.pattern, this.#counters.pattern);
    const [open, closed, ends, samples] = await Promise.all([
      this.#count(this.#open),
      this.#count(this.#versions.pattern),
      this.#count(this.#versions.pattern, { term: { end: true } }),
      this.#count(this.#counters.pattern),
    ]);
    return { versions: open + closed - ends, samples };
  }

  dump(after?: string, span?: Span): AsyncGenerator<DumpPage<DumpedOfGraph>> {
    return dumpGraph(
      this.#ground,
      { versions: this.#both, closed: this.#versions.pattern, samples: this.#counters.pattern },
      after,
      span && { ...span, countersBefore: () => this.#countersAt(span.from) },
    );
  }

  async #countersAt(time: number): Promise<Map<string, Map<string, Counters>>> {
    return this.#counters.at(time, elementsOf(await this.#documents(atMoment(time))));
  }

  async #asKnown(time: number, knownAt: number): Promise<Element[]> {
    const documents = await this.#documents(asKnown(time, knownAt));
    // Of what had ended by then, as is known today, the whole history tells what was thought to be so.
    const late = new Map<string, ElementName>();
    for (const document of documents)
      if (!('end' in document) && (document.valid?.lt ?? Number.POSITIVE_INFINITY) <= time) {
        const name = { kind: document.kind, id: idOf(document.id) };
        late.set(elementName(name), name);
      }
    const isLate = ({ kind, id }: GraphDocument) => late.has(elementName({ kind, id: idOf(id) }));
    const elements = elementsOf(
      documents.filter((document) => !isLate(document)),
      knownAt,
    );
    for (const hits of (await this.#historiesOf([...late.values()])).values())
      for (const life of new ElementHistory(hits).lives)
        for (const element of life.between({ from: time, to: time }, knownAt)) elements.push(element);
    return elements;
  }

  /** Late news, element by element: what is there is read, put right and written. */
  async #putRight(late: ReadonlyMap<string, readonly GraphEvent[]>): Promise<void> {
    const elements = Array.from(late.values(), ([event]) => (event as GraphEvent).element);
    await this.#rewrite(elements, (history, name) => {
      for (const event of late.get(name) ?? []) history.take(event);
    });
  }

  async #rewrite(
    elements: readonly ElementName[],
    change: (history: ElementHistory, name: string) => void,
  ): Promise<void> {
    if (elements.length === 0) return;
    const found = await this.#historiesOf(elements);
    const items: BulkItem[] = [];
    const heads = new Map();
    for (const [name, hits] of found) {
      const history = new ElementHistory(hits);
      change(history, name);
      const result = history.items(this.#open, this.#versions);
      items.push(...result.items);
      heads.set(name, result.head);
    }
    this.#heads.forget(heads.keys());
    const isClosed = ({ op, index }: BulkItem) => op === 'index' && index !== this.#open;
    await this.#ground.write(items.filter(isClosed));
    await this.#ground.write(items.filter((item) => !isClosed(item)));
    this.#heads.remember(heads);
  }

  /** All documents about each of these, by its name. */
  async #historiesOf(elements: readonly ElementName[]): Promise<Map<string, Hit<GraphDocument>[]>> {
    const found = new Map<string, Hit<GraphDocument>[]>(elements.map((element) => [elementName(element), []]));
    if (elements.length === 0) return found;
    const server = await this.#ground.ready();
    // Open ones first: what is closed meanwhile is then seen closed.
    await this.#ground.upToDate(this.#open);
    await this.#ground.upToDate(this.#versions.pattern);
    const words = [...new Set(elements.map(({ id }) => wordOf(id)))];
    for (let at = 0; at < words.length; at += IDS_AT_ONCE) {
      const query = all([ofIds(words.slice(at, at + IDS_AT_ONCE))]);
      for (const hit of await allHits<GraphDocument>(this.#ground.elastic, server, { index: this.#both, query }))
        found.get(elementName({ kind: hit._source.kind, id: idOf(hit._source.id) }))?.push(hit);
    }
    return found;
  }

  get #both(): string {
    return `${this.#open},${this.#versions.pattern}`;
  }

  async #documents(filter: readonly object[]): Promise<GraphDocument[]> {
    await this.#freshen();
    return this.#read(this.#both, all(filter));
  }

  async #freshen(): Promise<void> {
    await this.#ground.ready();
    // Open ones first: what is closed meanwhile is then seen closed.
    await this.#ground.fresh(this.#open);
    await this.#ground.fresh(this.#versions.pattern);
  }

  async #read(index: string, query: object): Promise<GraphDocument[]> {
    const server = await this.#ground.ready();
    const documents: GraphDocument[] = [];
    for await (const hits of pages<GraphDocument>(this.#ground.elastic, server, { index, query })) {
      this.#bound(documents.length + hits.length, 'versions');
      for (const { _source } of hits) documents.push(_source);
    }
    return documents;
  }

  async #view(span: Span, elements: Element[]): Promise<GraphView> {
    const counters: Map<string, Map<string, Counters>> = elements.length === 0
      ? new Map()
      : await this.#counters.at(span.to, elements);
    return new SnapshotView(span, elements, counters).prepare(turn);
  }

  /** An answer becomes objects in memory: one that would not fit is refused instead. */
  #bound(count: number, what: string): void {
    const max = this.#spanRowsMax;
    if (count <= max) return;
    throw mistake(
      'archive.answer-too-long',
      `more than ${max.toLocaleString('en')} ${what} lie in this span`,
      'ask for a shorter one',
    );
  }

  #count(index: string, query?: object): Promise<number> {
    return counted(this.#ground.elastic, index, query);
  }

  async #delete(index: string, query: object): Promise<void> {
    await this.#ground.elastic.request({
      method: 'POST',
      path: `/${index}/_delete_by_query`,
      query: { conflicts: 'proceed', refresh: true, ignore_unavailable: true, allow_no_indices: true },
      body: { query },
      timeoutMs: DELETE_MS,
    });
  }
}

/** More than any time there is. */
const EDGES_LAST = 2 ** 52;
/** Deleting single documents of a large archive takes its time; whole slices go without it. */
const DELETE_MS = 600_000;

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
