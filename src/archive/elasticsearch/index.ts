/** The archive in Elasticsearch or OpenSearch: as much as its disks hold, shared by several analyzers. */
import type { Element } from '../../graph/element.ts';
import type { GraphView, Sample, Span, Wanted } from '../../graph/view.ts';
import type { Archive, ArchiveBatch, ArchiveHealth, ElementName } from '../archive.ts';
import type { DumpedOfGraph, DumpPage } from '../dump.ts';
import { flowDefaults } from '../flow-keeping.ts';
import { socketDefaults } from '../socket-keeping.ts';
import { ElasticFlows } from './flows/archive.ts';
import { GraphStore } from './graph/store.ts';
import { Ground } from './ground.ts';
import type { ElasticsearchArchiveOptions } from './options.ts';
import { Retention } from './retention.ts';
import { ElasticSockets } from './sockets/archive.ts';

const SPAN_ROWS_MAX = 500_000;

/**
 * Does not fail when the server is away: the archive begins by itself at first contact, until then everything asked of
 * it throws Unavailable and `health` says why.
 */
export async function openElasticsearchArchive(options: ElasticsearchArchiveOptions): Promise<Archive> {
  return new ElasticsearchArchive(options);
}

class ElasticsearchArchive implements Archive {
  readonly flows: ElasticFlows;
  readonly sockets: ElasticSockets;
  readonly #ground: Ground;
  readonly #graph: GraphStore;
  readonly #retention: Retention;
  #trouble: string | undefined;

  constructor(options: ElasticsearchArchiveOptions) {
    this.#ground = new Ground(options);
    this.#graph = new GraphStore(this.#ground, options.spanRowsMax ?? SPAN_ROWS_MAX);
    this.flows = new ElasticFlows(this.#ground, { ...flowDefaults, ...options.flows });
    this.sockets = new ElasticSockets(this.#ground, { ...socketDefaults, ...options.sockets });
    this.#retention = new Retention({
      ground: this.#ground,
      graph: this.#graph,
      flows: this.flows,
      sockets: this.sockets,
      random: options.random ?? Math.random,
    });
  }

  async append(batch: ArchiveBatch): Promise<void> {
    try {
      await this.#graph.append(batch);
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = (error as Error).message;
      throw error;
    }
  }

  viewAt(time: number, options: { readonly knownAt?: number; readonly wanted?: Wanted } = {}): Promise<GraphView> {
    return this.#graph.viewAt(time, options);
  }

  viewBetween(span: Span): Promise<GraphView> {
    return this.#graph.viewBetween(span);
  }

  versions(ids: readonly string[], span: Span = EVER): Promise<Element[]> {
    return this.#graph.versions(ids, span);
  }

  samples(ids: readonly string[], series: string, span: Span): Promise<Map<string, Sample[]>> {
    return this.#graph.samples(ids, series, span);
  }

  open(origins?: ReadonlySet<string>): Promise<Element[]> {
    return this.#graph.open(origins);
  }

  closeLost(lost: readonly ElementName[], time: number): Promise<void> {
    return this.#graph.closeLost(lost, time);
  }

  range(): Promise<Span | undefined> {
    return this.#graph.range();
  }

  gaps(): Promise<Span[]> {
    return this.#graph.gaps();
  }

  prune(before: number): Promise<void> {
    return this.#graph.prune(before);
  }

  dump(after?: string, span?: Span): AsyncIterable<DumpPage<DumpedOfGraph>> {
    return this.#graph.dump(after, span);
  }

  caughtUp(): Promise<void> {
    return this.#ground.caughtUp();
  }

  async health(): Promise<ArchiveHealth> {
    const { elastic, keeping, bulk } = this.#ground;
    const known = { sizeBytes: 0, versions: 0, samples: 0, range: undefined as Span | undefined };
    let trouble = this.#trouble ?? this.#retention.trouble;
    try {
      const [counts, range, sizeBytes] = await Promise.all([
        this.#graph.counts(),
        this.#graph.range(),
        this.#ground.sizeBytes(),
      ]);
      Object.assign(known, counts, { range, sizeBytes });
    } catch (error) {
      trouble ??= (error as Error).message;
    }
    const { rejected } = bulk.counts;
    const notes = trouble === undefined ? [] : [trouble];
    if (rejected > 0)
      notes.push(`${rejected} documents were refused and are kept aside in ${this.#ground.index('rejected')}`);
    return {
      kind: 'elasticsearch',
      place: elastic.place,
      state: notes.length === 0 ? 'ok' : 'degraded',
      notes,
      sizeBytesMax: keeping.maxBytes,
      ageMsMax: keeping.maxAgeMs,
      ...known,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.sockets.stop();
    await this.#retention[Symbol.asyncDispose]();
    await this.#ground.close();
  }
}

const EVER: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
