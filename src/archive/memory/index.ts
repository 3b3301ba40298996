/** An archive that ends with the process: for where nothing can be written, and the simplest one to hold others against. */
import type { GraphEvent, SampleEvent } from '../../graph/change.ts';
import type { Element } from '../../graph/element.ts';
import type { Counters, GraphView, Sample, Span } from '../../graph/view.ts';
import { type Clock, systemClock } from '../../std/clock.ts';
import type { Archive, ArchiveBatch, ArchiveHealth, ElementName } from '../archive.ts';
import { readBatchId } from '../batchid.ts';
import { type DumpedOfGraph, type DumpPage, pagesOf } from '../dump.ts';
import { gapsBetween } from '../gaps.ts';
import { Life } from '../life.ts';
import { SnapshotView } from '../snapshot.ts';
import { MemoryFlows, type MemoryFlowsOptions } from './flows.ts';
import { MemorySockets, type MemorySocketsOptions } from './sockets.ts';

export interface MemoryArchiveOptions {
  readonly clock?: Clock;
  /** Versions kept, and points of series kept; when there are more, the oldest that ended go. */
  readonly versionsMax?: number;
  readonly samplesMax?: number;
  readonly flows?: MemoryFlowsOptions;
  readonly sockets?: MemorySocketsOptions;
}

export class MemoryArchive implements Archive {
  readonly flows: MemoryFlows;
  readonly sockets: MemorySockets;
  readonly #clock: Clock;
  readonly #versionsMax: number;
  readonly #samplesMax: number;
  /** Lives by kind and id: a node and an edge can share an id. */
  readonly #lives = new Map<string, Life[]>();
  readonly #samples = new Map<string, SampleEvent[]>();
  readonly #writers = new Map<string, { n: number; first: number; last: number; isRelayed: boolean }>();
  #range: Span | undefined;
  #versionCount = 0;
  #sampleCount = 0;

  constructor({
    clock = systemClock,
    versionsMax = 200_000,
    samplesMax = 200_000,
    flows = {},
    sockets = {},
  }: MemoryArchiveOptions = {}) {
    this.flows = new MemoryFlows(flows);
    this.sockets = new MemorySockets(sockets);
    this.#clock = clock;
    this.#versionsMax = versionsMax;
    this.#samplesMax = samplesMax;
  }

  async append({ id, time, events, samples, isRelayed = false }: ArchiveBatch): Promise<void> {
    const { writer, n } = readBatchId(id);
    const heard = this.#writers.get(writer);
    if (heard && n <= heard.n) return;
    const { first = time, last = time } = heard ?? {};
    this.#writers.set(writer, { n, first, last: Math.max(last, time), isRelayed });
    if (!isRelayed) this.#saw(time);
    for (const event of events) this.#write(event);
    for (const sample of samples) this.#writeSample(sample);
    if (this.#versionCount > this.#versionsMax || this.#sampleCount > this.#samplesMax) this.#makeRoom();
  }

  async viewAt(time: number, { knownAt }: { readonly knownAt?: number } = {}): Promise<GraphView> {
    return this.#view({ from: time, to: time }, knownAt);
  }

  async viewBetween(span: Span): Promise<GraphView> {
    return this.#view(span);
  }

  async versions(ids: readonly string[], span: Span = EVER): Promise<Element[]> {
    return ids.flatMap((id) => KINDS.flatMap((kind) => between(this.#livesOf(kind, id), span)));
  }

  async samples(ids: readonly string[], series: string, { from, to }: Span): Promise<Map<string, Sample[]>> {
    return new Map(
      ids.map((id) => {
        const samples = this.#samples.get(JSON.stringify([id, series])) ?? [];
        const inSpan = samples.filter(({ start, last }) => last > from && start < to);
        return [id, inSpan.map(({ start, last, counters }) => ({ start, last, counters }))];
      }),
    );
  }

  async open(origins?: ReadonlySet<string>): Promise<Element[]> {
    const open = [...this.#all()].filter((life) => life.end === undefined).flatMap((life) => life.versions.slice(-1));
    return origins ? open.filter(({ origin }) => origins.has(origin)) : open;
  }

  async closeLost(lost: readonly ElementName[], time: number): Promise<void> {
    for (const { kind, id } of lost)
      for (const life of this.#livesOf(kind, id)) {
        const last = life.versions.at(-1);
        if (life.created > time || (life.end && life.end.at <= time) || !last) continue;
        // It was so for a moment at least: we had heard of it.
        life.end = { at: Math.max(time, last.updatedAt + 1), recordedAt: this.#clock.now() };
      }
  }

  async range(): Promise<Span | undefined> {
    return this.#range;
  }

  async gaps(): Promise<Span[]> {
    return gapsBetween([...this.#writers.values()].filter(({ isRelayed }) => !isRelayed));
  }

  async prune(before: number): Promise<void> {
    if (!this.#range) return;
    const horizon = Math.min(before, this.#range.to);
    this.#range = { from: Math.max(this.#range.from, horizon), to: this.#range.to };
    for (const [writer, { last }] of this.#writers) if (last <= horizon) this.#writers.delete(writer);
    this.#versionCount = 0;
    for (const [key, lives] of this.#lives) {
      for (const life of lives) life.forget(horizon);
      const kept = lives.filter((life) => life.versions.length > 0);
      for (const life of kept) this.#versionCount += life.versions.length;
      if (kept.length > 0) this.#lives.set(key, kept);
      else this.#lives.delete(key);
    }
    this.#sampleCount = 0;
    for (const [key, samples] of this.#samples) {
      const kept = samples.filter(({ last }) => last > horizon);
      this.#sampleCount += kept.length;
      if (kept.length > 0) this.#samples.set(key, kept);
      else this.#samples.delete(key);
    }
  }

  async health(): Promise<ArchiveHealth> {
    return {
      kind: 'memory',
      place: 'memory',
      state: 'ok',
      notes: ['history is kept in memory only and ends with this process'],
      sizeBytes: 0,
      sizeBytesMax: 0,
      ageMsMax: 0,
      versions: this.#versionCount,
      samples: this.#sampleCount,
      range: this.#range,
    };
  }

  async *dump(after?: string): AsyncGenerator<DumpPage<DumpedOfGraph>> {
    const items: DumpedOfGraph[] = [];
    for (const life of this.#all())
      for (const element of life.between(EVER))
        items.push({ kind: 'version', element, ...(life.end && { endRecordedAt: life.end.recordedAt }) });
    for (const samples of this.#samples.values()) for (const sample of samples) items.push({ kind: 'sample', sample });
    yield* pagesOf(items, after);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #write(event: GraphEvent): void {
    const { kind, element } = event;
    const life = this.#lifeOf(event);
    const count = life.versions.length;
    const isNews = life.write(element);
    if (isNews) this.#saw(element.updatedAt);
    this.#versionCount += life.versions.length - count;
    if (kind === 'removed') {
      const at = element.deletedAt ?? element.updatedAt;
      // What has another version since did not end with this one.
      if (element.revision < life.newest || life.end?.at === at) return;
      this.#saw(at);
      endLife(life, at, element);
    }
    // It ended and began again within one millisecond: it never ended.
    else if (kind === 'added' && isNews && life.end && element.updatedAt >= life.end.at) life.end = undefined;
  }

  /** The life that began when the event's element did: an earlier one, or one that begins now. */
  #lifeOf({ element, isReopened }: GraphEvent): Life {
    const key = `${element.kind} ${element.id}`;
    const { createdAt: created, updatedAt: since } = element;
    const lives = this.#lives.get(key) ?? [];
    const earlier = lives.find((life) => life.created === created);
    if (earlier && !isReopened) return earlier;
    const next = lives.find((life) => life.created > since && life !== earlier);
    const life = earlier ?? new Life(created);
    if (!earlier) {
      this.#lives.set(
        key,
        [...lives, life].sort((a, b) => a.created - b.created),
      );
      // Late, and nothing was told of its end yet: it was over when the next began.
      if (next) endLife(life, next.created, element);
    }
    if (next) return life;
    // A life that begins while another goes on ends it: one id is one element at a time.
    const open = lives.find((other) => other !== life && other.end === undefined);
    if (open) endLife(open, created > open.created ? created : since, element);
    life.end = undefined;
    return life;
  }

  #writeSample(sample: SampleEvent): void {
    const key = JSON.stringify([sample.id, sample.series]);
    const ofSeries = this.#samples.get(key) ?? [];
    this.#samples.set(key, ofSeries);
    const index = ofSeries.findLastIndex(({ last }) => last <= sample.last);
    if (ofSeries[index]?.last === sample.last) return;
    ofSeries.splice(index + 1, 0, sample);
    this.#sampleCount++;
    this.#saw(sample.last);
  }

  #saw(time: number): void {
    const { from, to } = this.#range ?? { from: time, to: time };
    this.#range = { from: Math.min(from, time), to: Math.max(to, time) };
  }

  /** Ten per cent at once, so that this is seldom. */
  #makeRoom(): void {
    const ends: number[] = [];
    for (const life of this.#all())
      for (const { validTo } of life.between(EVER)) if (validTo !== undefined) ends.push(validTo);
    for (const samples of this.#samples.values()) for (const { last } of samples) ends.push(last);
    const cutoff = ends.sort((a, b) => a - b)[Math.floor(ends.length / 10)];
    if (cutoff !== undefined) void this.prune(cutoff);
  }

  #view(span: Span, knownAt?: number): GraphView {
    const elements = [...this.#lives.values()].flatMap((lives) => between(lives, span, knownAt));
    const births = new Map(elements.map(({ id, createdAt }) => [id, createdAt]));
    const counters = new Map<string, Map<string, Counters>>();
    for (const samples of this.#samples.values()) {
      const newest = samples.findLast(({ last }) => last <= span.to);
      if (!newest || newest.last < (births.get(newest.id) ?? Number.POSITIVE_INFINITY)) continue;
      const { id, series, total, ...last } = newest;
      const ofId = counters.get(id) ?? new Map<string, Counters>();
      counters.set(id, ofId.set(series, { total: total ?? last.counters, last }));
    }
    return new SnapshotView(span, elements, counters);
  }

  #livesOf(kind: Element['kind'], id: string): readonly Life[] {
    return this.#lives.get(`${kind} ${id}`) ?? [];
  }

  *#all(): Generator<Life> {
    for (const lives of this.#lives.values()) yield* lives;
  }
}

/** Lives of one id, oldest first. */
function between(lives: readonly Life[], span: Span, knownAt = Number.POSITIVE_INFINITY): Element[] {
  return lives.flatMap((life, i) => {
    const next = lives.slice(i + 1).find((other) => other.isKnownAt(knownAt));
    return life.between(span, knownAt, next?.created);
  });
}

const KINDS = ['node', 'edge'] as const;
const EVER: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

function endLife(life: Life, at: number, { recordedAt }: Element): void {
  life.end = { at, recordedAt: Math.max(at, recordedAt) };
}
