/** The archive that needs nothing installed: SQLite in a thread of its own, one file, bounded by size and age. */
import { join } from 'node:path';
import type { Element } from '../../graph/element.ts';
import type { Counters, GraphView, Sample, Span } from '../../graph/view.ts';
import { type Clock, systemClock } from '../../std/clock.ts';
import type { Archive, ArchiveBatch, ArchiveHealth, ElementName } from '../archive.ts';
import type { DumpedOfGraph, DumpPage } from '../dump.ts';
import { type FlowKeeping, flowDefaults } from '../flow-keeping.ts';
import { SnapshotView } from '../snapshot.ts';
import { type SocketKeeping, socketDefaults } from '../socket-keeping.ts';
import { ThreadCalls } from './calls.ts';
import { dumpGraph } from './dump.ts';
import { EmbeddedFlows } from './flows/archive.ts';
import { packBatch } from './packed.ts';
import type { Order, Read, Summary } from './protocol.ts';
import { EmbeddedSockets } from './sockets/archive.ts';

const ARCHIVE_BYTES_MAX = 2 ** 30;
const ARCHIVE_AGE_MS_MAX = 7 * 24 * 3_600_000;
const SPAN_ROWS_MAX = 500_000;

export interface EmbeddedArchiveOptions {
  /** Made when it is not there. One process at a time. */
  readonly directory: string;
  readonly maxBytes?: number;
  readonly maxAgeMs?: number;
  /** Versions, or samples, in one answer about a span; a longer answer is refused with a Mistake. About 1 kB each, once in memory. */
  readonly spanRowsMax?: number;
  readonly clock?: Clock;
  /**
   * What is appended need survive neither the machine nor the process before it is closed, and where one append fails all
   * is lost: it is made for a file that is whole or not there at all.
   */
  readonly isBeingMade?: boolean;
  readonly flows?: Partial<FlowKeeping>;
  readonly sockets?: Partial<SocketKeeping>;
}

/**
 * Throws a Mistake when another process has it, Unavailable when the directory cannot be written to. A file that
 * cannot be read is kept under another name, a new one is begun, and `health().notes` says so.
 */
export async function openEmbeddedArchive(options: EmbeddedArchiveOptions): Promise<Archive> {
  const archive = new EmbeddedArchive(options);
  await archive.start();
  return archive;
}

class EmbeddedArchive implements Archive {
  readonly flows: EmbeddedFlows;
  readonly sockets: EmbeddedSockets;
  readonly #thread: ThreadCalls;
  readonly #clock: Clock;
  readonly #place: string;
  readonly #limits: { readonly maxBytes: number; readonly maxAgeMs: number };
  /** Why the last append failed; undefined when it went well. */
  #trouble: string | undefined;

  constructor(options: EmbeddedArchiveOptions) {
    const { directory, maxBytes = ARCHIVE_BYTES_MAX, maxAgeMs = ARCHIVE_AGE_MS_MAX, clock = systemClock } = options;
    const { spanRowsMax = SPAN_ROWS_MAX, isBeingMade = false } = options;
    const flows = { ...flowDefaults, ...options.flows };
    const sockets = { ...socketDefaults, ...options.sockets };
    this.#thread = new ThreadCalls({
      directory,
      maxBytes,
      maxAgeMs,
      spanRowsMax,
      isBeingMade,
      keepAside: undefined,
      flows,
      sockets,
    });
    this.flows = new EmbeddedFlows(this.#thread, flows);
    this.sockets = new EmbeddedSockets(this.#thread);
    this.#clock = clock;
    this.#place = join(directory, 'skein.db');
    this.#limits = { maxBytes, maxAgeMs };
  }

  start(): Promise<void> {
    return this.#thread.open();
  }

  async append(batch: ArchiveBatch): Promise<void> {
    try {
      await this.#thread.callInParts(appends(batch));
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = (error as Error).message;
      throw error;
    }
  }

  async viewAt(time: number, { knownAt }: { readonly knownAt?: number } = {}): Promise<GraphView> {
    return this.#view({ from: time, to: time }, { kind: 'at', time, knownAt });
  }

  async viewBetween(span: Span): Promise<GraphView> {
    return this.#view(span, { kind: 'between', span });
  }

  versions(ids: readonly string[], span: Span = EVER): Promise<Element[]> {
    return this.#elements({ kind: 'versions', ids, span });
  }

  async samples(ids: readonly string[], series: string, span: Span): Promise<Map<string, Sample[]>> {
    const found = new Map<string, Sample[]>(ids.map((id) => [id, []]));
    await this.#thread.call({ kind: 'read', read: { kind: 'samples', ids, series, span } }, ({ text }) => {
      for (const [id, start, last, names, counts] of JSON.parse(text) as SampleRow[])
        found.get(id)?.push({ start, last, counters: named(names, counts) });
    });
    return found;
  }

  async open(origins?: ReadonlySet<string>): Promise<Element[]> {
    const open = await this.#elements({ kind: 'open' });
    return origins ? open.filter(({ origin }) => origins.has(origin)) : open;
  }

  async closeLost(lost: readonly ElementName[], time: number): Promise<void> {
    if (lost.length > 0) await this.#thread.call({ kind: 'closeLost', lost, time, recordedAt: this.#clock.now() });
  }

  async range(): Promise<Span | undefined> {
    return (await this.#summary()).range;
  }

  async gaps(): Promise<Span[]> {
    return [...(await this.#summary()).gaps];
  }

  async prune(before: number): Promise<void> {
    await this.#thread.call({ kind: 'prune', before });
  }

  async health(): Promise<ArchiveHealth> {
    const notes = [...this.#thread.notes];
    let summary: Summary = NOTHING_KNOWN;
    try {
      summary = await this.#summary();
    } catch (error) {
      this.#trouble ??= (error as Error).message;
    }
    if (this.#trouble !== undefined) notes.push(this.#trouble);
    return {
      kind: 'embedded',
      place: this.#place,
      state: this.#thread.hasFailed ? 'failed' : this.#trouble === undefined ? 'ok' : 'degraded',
      notes,
      sizeBytes: summary.sizeBytes,
      sizeBytesMax: this.#limits.maxBytes,
      ageMsMax: this.#limits.maxAgeMs,
      versions: summary.versions,
      samples: summary.samples,
      range: summary.range,
    };
  }

  dump(after?: string, span?: Span): AsyncGenerator<DumpPage<DumpedOfGraph>> {
    return dumpGraph(this.#thread, after, span);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#thread.close();
  }

  async #summary(): Promise<Summary> {
    return (await this.#thread.call({ kind: 'summary' })) ?? NOTHING_KNOWN;
  }

  async #elements(read: Read): Promise<Element[]> {
    const elements: Element[] = [];
    await this.#thread.call({ kind: 'read', read }, ({ text }) => {
      for (const element of JSON.parse(text) as Element[]) elements.push(element);
    });
    return elements;
  }

  async #view(time: Span, read: Read): Promise<GraphView> {
    const elements: Element[] = [];
    const counters = new Map<string, Map<string, Counters>>();
    await this.#thread.call({ kind: 'read', read }, ({ of, text }) => {
      if (of === 'elements') for (const element of JSON.parse(text) as Element[]) elements.push(element);
      else for (const row of JSON.parse(text) as CountersRow[]) addCounters(counters, row);
    });
    return new SnapshotView(time, elements, counters).prepare(turn);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function* appends(batch: ArchiveBatch): Generator<Order> {
  for (const part of packBatch(batch)) yield { kind: 'append', batch: part };
}

type SampleRow = [id: string, start: number, last: number, names: string[], counts: number[]];
type CountersRow = [
  id: string,
  series: string,
  start: number,
  last: number,
  names: string[],
  counts: number[],
  totalNames: string[] | null,
  totals: number[] | null,
];

function addCounters(byId: Map<string, Map<string, Counters>>, row: CountersRow): void {
  const [id, series, start, last, names, counts, totalNames, totals] = row;
  const counters = named(names, counts);
  const total = totalNames && totals ? named(totalNames, totals) : counters;
  const ofId = byId.get(id) ?? new Map<string, Counters>();
  byId.set(id, ofId.set(series, { total, last: { start, last, counters } }));
}

function named(names: readonly string[], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] as number]));
}

const EVER: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const NOTHING_KNOWN: Summary = { range: undefined, gaps: [], versions: 0, samples: 0, sizeBytes: 0 };
