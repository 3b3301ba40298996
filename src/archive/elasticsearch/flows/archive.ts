/** Flows in Elasticsearch, as the rest of the process sees them. */
import type { Flow, FlowMetric, RawPacket } from '../../../flow/flow.ts';
import type { Loss } from '../../../flow/loss.ts';
import type { FlowQuery, Span } from '../../../flow/view.ts';
import type { Clock } from '../../../std/clock.ts';
import type { FlowArchive, FlowArchiveHealth, FlowBatch } from '../../archive.ts';
import { readBatchId } from '../../batchid.ts';
import { agesByName, type FlowKeeping } from '../../flow-keeping.ts';
import { windowOf } from '../../flow-query.ts';
import { lossesTogether } from '../../losses.ts';
import type { BulkWriter } from '../bulk.ts';
import type { Elastic } from '../client.ts';
import { allHits } from '../pages.ts';
import type { Server } from '../server.ts';
import type { HostOf } from './document.ts';
import { forgetBefore } from './forget.ts';
import { Fresh } from './fresh.ts';
import { FlowPlaces } from './places.ts';
import { type Access, newestPoints, packetsIn, pointsIn } from './points.ts';
import { clamp } from './pushed.ts';
import { FlowSearch } from './search.ts';
import { WrittenBatches } from './state.ts';
import { summaryOf } from './summary.ts';
import { makeFlowTemplates } from './templates.ts';
import { wordsOf } from './words.ts';

export interface ElasticFlowsParts {
  readonly elastic: Elastic;
  readonly server: Server;
  readonly bulk: BulkWriter;
  readonly clock: Clock;
  readonly prefix: string;
  readonly shards: number;
  readonly replicas: number;
  readonly sliceBytes: number;
  readonly sliceMs: number;
  readonly keeping: FlowKeeping;
  /** So that documents of flows have host.name. */
  readonly hostOf?: HostOf;
}

/** Makes templates and the first indices when they are not there. Throws Unavailable while the server is away. */
export async function openElasticFlows(parts: ElasticFlowsParts): Promise<ElasticFlows> {
  const { elastic, clock, prefix, keeping, sliceBytes, sliceMs } = parts;
  const places = new FlowPlaces({ elastic, prefix, keeping, sliceBytes, sliceMs });
  await makeFlowTemplates(elastic, places, parts);
  await places.begin(clock.now());
  return new ElasticFlows(parts, places);
}

export class ElasticFlows implements FlowArchive {
  readonly #parts: ElasticFlowsParts;
  readonly #places: FlowPlaces;
  readonly #access: Access;
  readonly #search: FlowSearch;
  readonly #written: WrittenBatches;
  readonly #fresh: Readonly<Record<'flows' | 'points' | 'packets' | 'losses', Fresh>>;
  /** Why the last append failed; undefined when it went well. */
  #trouble: string | undefined;

  constructor(parts: ElasticFlowsParts, places: FlowPlaces) {
    const { elastic, server } = parts;
    this.#parts = parts;
    this.#places = places;
    this.#access = { elastic, server, places };
    this.#search = new FlowSearch(elastic, server, places.flows.pattern);
    this.#written = new WrittenBatches(elastic, places.state, parts.clock);
    this.#fresh = {
      flows: new Fresh(elastic, places.flows.pattern),
      points: new Fresh(elastic, places.allPoints),
      packets: new Fresh(elastic, places.packets.pattern),
      losses: new Fresh(elastic, places.losses),
    };
  }

  async append(batch: FlowBatch): Promise<void> {
    try {
      await this.#append(batch);
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = (error as Error).message;
      throw error;
    }
  }

  async *find(query: FlowQuery): AsyncGenerator<readonly Flow[]> {
    const window = windowOf(query, this.#parts.keeping.expireMs);
    await this.#fresh.flows.until(window.to);
    yield* this.#search.find(query, window);
  }

  async count(query: FlowQuery): Promise<number> {
    const window = windowOf(query, this.#parts.keeping.expireMs);
    await this.#fresh.flows.until(window.to);
    return this.#search.count(query, window);
  }

  async metrics(uuids: readonly string[], span?: Span): Promise<Map<string, FlowMetric[]>> {
    if (uuids.length === 0) return new Map();
    await this.#fresh.points.until(span?.to ?? Number.POSITIVE_INFINITY);
    return span ? pointsIn(this.#access, uuids, span) : newestPoints(this.#access, uuids);
  }

  async rawPackets(uuids: readonly string[], span?: Span): Promise<Map<string, RawPacket[]>> {
    await this.#fresh.packets.until(span?.to ?? Number.POSITIVE_INFINITY);
    return packetsIn(this.#access, uuids, span);
  }

  /** Without a span nothing: what is being lost now is told by who loses it. */
  async loss(span?: Span): Promise<readonly Loss[]> {
    if (!span) return [];
    await this.#fresh.losses.until(span.to);
    const { elastic, server } = this.#parts;
    const filter = [{ range: { to: { gte: clamp(span.from) } } }, { range: { from: { lte: clamp(span.to) } } }];
    const hits = await allHits<Loss & { '@timestamp': number }>(elastic, server, {
      index: this.#places.losses,
      query: { bool: { filter } },
      sort: [{ from: 'asc' }],
    });
    return lossesTogether(hits.map(({ _source: { '@timestamp': _, ...loss } }) => loss));
  }

  async prune(before: number): Promise<void> {
    const { range } = await this.#summary();
    if (!range) return;
    await forgetBefore(this.#access, this.#written, Math.min(before, range.to));
  }

  async health(): Promise<FlowArchiveHealth> {
    const { keeping } = this.#parts;
    const ages = agesByName(keeping.ages);
    let notes = this.#trouble === undefined ? [] : [this.#trouble];
    try {
      return { ...(await this.#summary()), ages, notes };
    } catch (error) {
      notes = [...notes, (error as Error).message];
      return { flows: 0, points: 0, rawPackets: 0, sizeBytes: 0, range: undefined, ages, notes };
    }
  }

  async #append(batch: FlowBatch): Promise<void> {
    const { writer, n } = readBatchId(batch.id);
    const before = await this.#written.lastOf(writer);
    if (n <= before) return;
    const words = wordsOf(batch, this.#places, this.#parts.hostOf);
    const marker = this.#written.marker(writer);
    if (marker) words.push(marker);
    // Also what is written of a batch that fails is found.
    this.#sawOf(batch);
    try {
      await this.#parts.bulk.write(words);
    } finally {
      this.#sawOf(batch);
    }
    this.#written.wrote(writer, n);
  }

  #sawOf({ flows, rawPackets, losses }: FlowBatch): void {
    for (const { Start, LastUpdateMetric: point } of flows) {
      this.#fresh.flows.wrote(Start);
      if (point) this.#fresh.points.wrote(point.Start);
    }
    for (const { packet } of rawPackets) this.#fresh.packets.wrote(packet.timestampMs);
    for (const { from } of losses) this.#fresh.losses.wrote(from);
  }

  async #summary() {
    const ever = Number.POSITIVE_INFINITY;
    await Promise.all(Object.values(this.#fresh).map((fresh) => fresh.until(ever)));
    return summaryOf(this.#access, await this.#written.forgotten());
  }
}
