/** Flows in Elasticsearch, as the rest of the process sees them. */
import type { Flow, FlowMetric, RawPacket } from '../../../flow/flow.ts';
import type { Loss } from '../../../flow/loss.ts';
import type { FlowQuery, Span } from '../../../flow/view.ts';
import type { FlowArchive, FlowArchiveHealth, FlowBatch } from '../../archive.ts';
import { readBatchId } from '../../batchid.ts';
import type { DumpPage } from '../../dump.ts';
import { agesByName, type FlowKeeping } from '../../flow-keeping.ts';
import { windowOf } from '../../flow-query.ts';
import { lossesTogether } from '../../losses.ts';
import type { BulkItem } from '../bulk.ts';
import { Refused } from '../failure.ts';
import type { Ground } from '../ground.ts';
import type { HostOf } from './document.ts';
import { forgetBefore, forgetFlows, forgetPackets } from './forget.ts';
import { Fresh } from './fresh.ts';
import { lossesIn, lossesOneByOne } from './losses.ts';
import { FlowPlaces } from './places.ts';
import { type Access, newestPoints, packetsIn, pointsIn } from './points.ts';
import { FlowSearch } from './search.ts';
import { WrittenBatches } from './state.ts';
import { type FlowSummary, summaryOf } from './summary.ts';
import { sumUp } from './summing.ts';
import { makeFlowTemplates } from './templates.ts';
import { wordsOf } from './words.ts';

/** When there is too much, such a part of all time goes. */
const STEPS = 20;

export interface ElasticFlowsOptions extends FlowKeeping {
  /** So that documents of flows have host.name. */
  readonly hostOf?: HostOf;
}

export class ElasticFlows implements FlowArchive {
  readonly #ground: Ground;
  readonly #options: ElasticFlowsOptions;
  readonly #places: FlowPlaces;
  readonly #written: WrittenBatches;
  readonly #fresh: Readonly<Record<'flows' | 'points' | 'packets' | 'losses', Fresh>>;
  #begun: Promise<void> | undefined;
  /** Why the last append failed; undefined when it went well. */
  #trouble: string | undefined;

  /** Asks nothing of the server yet. */
  constructor(ground: Ground, options: ElasticFlowsOptions) {
    const { elastic, keeping, clock } = ground;
    const { prefix, sliceBytes, sliceMs } = keeping;
    const places = new FlowPlaces({ elastic, prefix, keeping: options, sliceBytes, sliceMs });
    this.#ground = ground;
    this.#options = options;
    this.#places = places;
    this.#written = new WrittenBatches(elastic, places.state, clock);
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
    const window = windowOf(query, this.#options.expireMs);
    const { elastic, server, places } = await this.#access();
    await this.#fresh.flows.until(window.to);
    yield* new FlowSearch(elastic, server, places.flows.pattern).find(query, window);
  }

  async count(query: FlowQuery): Promise<number> {
    const window = windowOf(query, this.#options.expireMs);
    const { elastic, server, places } = await this.#access();
    await this.#fresh.flows.until(window.to);
    return new FlowSearch(elastic, server, places.flows.pattern).count(query, window);
  }

  async metrics(uuids: readonly string[], span?: Span): Promise<Map<string, FlowMetric[]>> {
    if (uuids.length === 0) return new Map();
    const access = await this.#access();
    await this.#fresh.points.until(span?.to ?? Number.POSITIVE_INFINITY);
    return span ? pointsIn(access, uuids, span) : newestPoints(access, uuids);
  }

  async rawPackets(uuids: readonly string[], span?: Span): Promise<Map<string, RawPacket[]>> {
    const access = await this.#access();
    await this.#fresh.packets.until(span?.to ?? Number.POSITIVE_INFINITY);
    return packetsIn(access, uuids, span);
  }

  /** Without a span nothing: what is being lost now is told by who loses it. */
  async loss(span?: Span): Promise<readonly Loss[]> {
    if (!span) return [];
    const access = await this.#access();
    await this.#fresh.losses.until(span.to);
    return lossesTogether(await lossesIn(access, span));
  }

  async *dumpLosses(after?: string): AsyncGenerator<DumpPage<Loss>> {
    const { elastic } = await this.#access();
    await this.#fresh.losses.until(Number.POSITIVE_INFINITY);
    yield* lossesOneByOne(elastic, this.#places.losses, after);
  }

  async prune(before: number): Promise<void> {
    const { range } = await this.#summary();
    if (!range) return;
    await forgetBefore(await this.#access(), this.#written, Math.min(before, range.to));
  }

  /** For all that share the archive: which slices there are now. */
  async look(): Promise<void> {
    await this.#access();
    await Promise.all(this.#places.sliced.map((slices) => slices.read()));
  }

  /** Follows large slices, and old ones, by new ones. By one at a time of those that share the archive. */
  async roll(now: number): Promise<void> {
    for (const slices of this.#places.sliced) await slices.roll(now);
  }

  /**
   * Makes points that are old fewer and forgets what is too old, or too much. To be called every now and then, by one at a
   * time of those that share the archive.
   */
  async tidy(now: number): Promise<void> {
    const access = await this.#access();
    await Promise.all(Object.values(this.#fresh).map((fresh) => fresh.until(Number.POSITIVE_INFINITY)));
    const { ages, maxBytes } = this.#options;
    const { range, sizeBytes } = await this.#summary();
    if (!range) return;
    // A clock that once ran ahead must not make everything look old forever.
    const until = Math.min(now, range.to);
    await sumUp({ ...access, write: (words) => this.#write(words) }, ages, until);
    if (range.from < until - ages.flowsMs) await forgetFlows(access, this.#written, until - ages.flowsMs);
    await forgetPackets(access, until - ages.rawPacketsMs);
    if (sizeBytes <= maxBytes) return;
    await forgetBefore(access, this.#written, range.from + (range.to - range.from) / STEPS);
  }

  async health(): Promise<FlowArchiveHealth> {
    const ages = agesByName(this.#options.ages);
    let notes = this.#trouble === undefined ? [] : [this.#trouble];
    try {
      return { ...(await this.#summary()), ages, notes };
    } catch (error) {
      notes = [...notes, (error as Error).message];
      return { flows: 0, points: 0, rawPackets: 0, sizeBytes: 0, range: undefined, ages, notes };
    }
  }

  async #append(batch: FlowBatch): Promise<void> {
    await this.#access();
    const { writer, n } = readBatchId(batch.id);
    const before = await this.#written.lastOf(writer);
    if (n <= before) return;
    const words = wordsOf(batch, this.#places, this.#options.hostOf);
    const marker = this.#written.marker(writer);
    if (marker) words.push(marker);
    // Also what is written of a batch that fails is found.
    this.#sawOf(batch);
    try {
      await this.#write(words);
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

  async #write(words: readonly BulkItem[]): Promise<void> {
    try {
      await this.#ground.write(words);
    } catch (error) {
      // Somebody has removed an index: it is made again when we begin again.
      if (error instanceof Refused && error.status === 404) this.#begun = undefined;
      throw error;
    }
  }

  async #summary(): Promise<FlowSummary> {
    const access = await this.#access();
    const ever = Number.POSITIVE_INFINITY;
    await Promise.all(Object.values(this.#fresh).map((fresh) => fresh.until(ever)));
    return summaryOf(access, await this.#written.forgotten());
  }

  /** Templates and the first indices are made when they are needed first; what failed is tried again by who asks next. */
  async #access(): Promise<Access> {
    const server = await this.#ground.ready();
    this.#begun ??= this.#begin().catch((error) => {
      this.#begun = undefined;
      throw error;
    });
    await this.#begun;
    return { elastic: this.#ground.elastic, server, places: this.#places };
  }

  async #begin(): Promise<void> {
    const { elastic, keeping } = this.#ground;
    await makeFlowTemplates(elastic, this.#places, keeping);
    await this.#places.begin();
  }
}
