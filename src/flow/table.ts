/**
 * Live flows: the one place where observations become flows, whichever mechanism saw them. Identity, initiator, life and
 * application of a flow are decided here.
 */

import { FlowAges } from './ages.ts';
import { type DecodeApplication, LAYERS_MAX, type LoseApplication } from './applications.ts';
import type { LookUpEnds } from './ends.ts';
import { countFlows, findFlows, rowOfId } from './find.ts';
import type { Flow, FlowMetric, RawPacket } from './flow.ts';
import { layout } from './layout.ts';
import type { Loss, LossStage } from './loss.ts';
import { LossBook } from './loss-book.ts';
import { finishedNow, mergeObservation } from './merge.ts';
import { ObservationReader } from './observation.ts';
import type { CapturePlace, FlowLife } from './place.ts';
import { type KeptPacket, RawIntake } from './raw-intake.ts';
import { row as r } from './row.ts';
import { RowList } from './row-list.ts';
import { lastUpdate, pending, totals } from './row-metric.ts';
import { applicationName, type FlowNames, isHiStarted, port } from './row-values.ts';
import { FlowStore, PLACES_MAX } from './store.ts';
import type { FlowTableStats } from './table-stats.ts';
import { FlowTelling, type UpdateListener } from './telling.ts';
import { findTunnels } from './tunnels.ts';
import { UpdateQueue } from './update-queue.ts';
import type { FlowQuery, FlowView, Span } from './view.ts';

export interface FlowTableOptions {
  readonly life: FlowLife;
  /** Met: the flow that is idle longest is ended early. */
  readonly flowsMax: number;
  readonly decode: DecodeApplication;
  /** What a conversation is when no decoder knew it: by its ports, from A to B. Default: its last layer. */
  readonly application?: FlowNames['application'];
  /** enum skb_drop_reason → its name. Default: its number. */
  readonly dropReason?: FlowNames['dropReason'];
  /** Flows whose application layers are kept; of others their names are. */
  readonly layersMax?: number;
  /** Bytes of raw packets that are kept. */
  readonly rawBytesMax?: number;
  /** Who is at the ends of a conversation; default: nobody knows. */
  readonly lookUpEnds?: LookUpEnds | undefined;
}

/** Bytes of raw packets kept, by default. */
const RAW_BYTES_MAX = 64 * 1024 * 1024;
/** A new flow is told of within so long, and then once per update period. */
const NEWS_MS = 1_000;
/** Flows that one call of `tick` tells or ends: some ms. */
const FLOWS_PER_TICK = 1024;

export class FlowTable implements FlowView {
  readonly #life: FlowLife;
  readonly #flowsMax: number;
  readonly #names: FlowNames;
  readonly #store: FlowStore;
  readonly #ages: FlowAges;
  readonly #queue: UpdateQueue;
  /** New flows: they are told of soon, so that who follows sees them and a crash loses little. */
  readonly #news: UpdateQueue;
  readonly #telling: FlowTelling;
  readonly #losses = new LossBook();
  readonly #raw: RawIntake;
  #places = 0;
  #count = { created: 0, ended: 0, expired: 0, evicted: 0, observations: 0, undecodable: 0, refused: 0 };

  constructor(options: FlowTableOptions) {
    this.#life = options.life;
    this.#flowsMax = Math.max(1, options.flowsMax);
    this.#names = {
      application: options.application ?? (() => undefined),
      dropReason: options.dropReason ?? String,
    };
    const { decode, layersMax = LAYERS_MAX, rawBytesMax = RAW_BYTES_MAX } = options;
    this.#store = new FlowStore({ decode, layersMax, rawBytesMax });
    this.#raw = new RawIntake(this.#store, (lost) => this.#lose({ stage: 'raw-packets', packets: 1, ...lost }));
    this.#telling = new FlowTelling(this.#store, this.#names, options.lookUpEnds);
    this.#ages = new FlowAges(this.#store, options.life);
    this.#queue = new UpdateQueue(this.#store, options.life.updateMs);
    this.#news = new UpdateQueue(this.#store, Math.min(NEWS_MS, options.life.updateMs));
  }

  /** Gives the number that its observations carry. A number comes again only when nothing of its place is left. */
  addPlace(place: CapturePlace): number {
    const { places, rows } = this.#store;
    let source = 1;
    while (places[source]) source++;
    if (source > PLACES_MAX) throw new RangeError(`a flow table has at most ${PLACES_MAX} places`);
    places[source] = {
      place,
      text: new TextEncoder().encode(place.node + place.capture),
      flows: new RowList(rows, r.placeBefore),
      isEnding: false,
    };
    this.#places++;
    return source;
  }

  /** Its flows end: those that are too many for one call in the next calls of `tick`. */
  removePlace(source: number): void {
    const stored = this.#store.places[source];
    if (!stored || stored.isEnding) return;
    stored.isEnding = true;
    findTunnels(this.#store, stored.flows);
    this.#losses.forget(stored.place.node, stored.place.capture);
    this.#endPlaces(FLOWS_PER_TICK);
    this.#telling.flush();
  }

  /** Observations, one after the other: src/flow/layout.ts. */
  observe(bytes: Uint8Array, nowMs: number): void {
    const seen = new ObservationReader(bytes);
    this.#start(nowMs);
    while (seen.next()) {
      this.#count.observations++;
      this.#observe(seen, nowMs);
    }
    if (seen.unreadBytes > 0) {
      this.#count.undecodable++;
      const reason = 'observations that cannot be read';
      this.#lose({ source: 0, stage: 'flow-table', reason, packets: 0, bytes: seen.unreadBytes, nowMs });
    }
    this.#telling.flush();
  }

  /**
   * Of these observations only those of flows that were seen more than once, and of them so many at most: in a flood of
   * new ones, who talks is counted. Gives what the others had counted.
   */
  observeKnown(bytes: Uint8Array, nowMs: number, most: number): { readonly packets: number; readonly bytes: number } {
    const seen = new ObservationReader(bytes);
    const others = { packets: 0, bytes: 0 };
    let left = most;
    this.#start(nowMs);
    while (seen.next()) {
      const row = this.#store.find(seen.source, seen.uint32(layout.key + 4), seen.uint32(layout.key));
      if (row !== 0 && left > 0 && this.#ages.talks(row)) {
        left--;
        this.#count.observations++;
        this.#observe(seen, nowMs);
      } else if (!seen.isFactsOnly) {
        others.packets += seen.number(layout.loPackets) + seen.number(layout.hiPackets);
        others.bytes += seen.number(layout.loBytes) + seen.number(layout.hiBytes);
      }
    }
    this.#telling.flush();
    return others;
  }

  /** Raw packets, one after the other: rawPacketLayout. Their flows were observed before. */
  raw(bytes: Uint8Array): void {
    this.#raw.take(bytes);
  }

  lost(loss: Loss): void {
    this.#losses.add(loss);
  }

  /** What was lost since the last call, for who keeps it. */
  takeLosses(): readonly Loss[] {
    return this.#losses.take();
  }

  /** Time goes on: updates are told, flows end. A bounded piece of work; gives whether more is due already. */
  tick(nowMs: number): boolean {
    let left = FLOWS_PER_TICK - this.#endPlaces(FLOWS_PER_TICK);
    this.#start(nowMs);
    for (let row = 0; left > 0; left--) {
      row = this.#news.due(nowMs) || this.#queue.due(nowMs);
      if (row === 0) break;
      this.#telling.tell(row);
    }
    for (; left > 0; left--) {
      const row = this.#ages.over(nowMs);
      if (row === 0) break;
      this.#count.expired++;
      this.#end(row);
    }
    this.#telling.flush();
    return left <= 0;
  }

  /** All flows end: the trace is over. */
  finish(): void {
    for (const stored of this.#store.places) {
      if (stored) findTunnels(this.#store, stored.flows);
      while (stored && stored.flows.first !== 0) this.#end(stored.flows.first);
    }
    this.#telling.flush();
  }

  /** Flows that changed or ended, each once per update period, in batches. Gives how to stop. */
  onUpdate(listener: UpdateListener): () => void {
    return this.#telling.listen(listener);
  }

  onRaw(listener: (packets: readonly KeptPacket[]) => void): () => void {
    return this.#raw.listen(listener);
  }

  stats(): FlowTableStats {
    const { applications, packets, size, sizeBytes } = this.#store;
    return {
      ...this.#count,
      updates: this.#telling.count,
      flows: size,
      places: this.#places,
      rawPackets: this.#raw.packets,
      rawRefused: this.#raw.refused,
      rawBytes: packets.bytes,
      payloadBytes: applications.bytes,
      payloadsRefused: applications.refused,
      payloadsFailed: applications.failed,
      sizeBytes,
    };
  }

  find(query: FlowQuery): Iterable<readonly Flow[]> {
    return findFlows(this.#store, this.#names, query, this.#life.expireMs);
  }

  count(query: FlowQuery): number {
    let count = 0;
    for (const part of this.countParts(query)) count += part;
    return count;
  }

  countParts(query: FlowQuery): Iterable<number> {
    return countFlows(this.#store, this.#names, query, this.#life.expireMs);
  }

  /** With a span: the last update and what was added since; what came before was told and is elsewhere. */
  metrics(uuids: readonly string[], span?: Span): Map<string, FlowMetric[]> {
    const found = new Map<string, FlowMetric[]>();
    for (const uuid of uuids) {
      const row = rowOfId(this.#store.byUuid, uuid);
      if (row === 0) continue;
      const told = lastUpdate(this.#store, row);
      const points = span ? [told, pending(this.#store, row)] : [told ?? totals(this.#store, row)];
      const inside = points.filter((point) => point && (!span || (point.Start <= span.to && point.Last >= span.from)));
      found.set(uuid, inside as FlowMetric[]);
    }
    return found;
  }

  rawPackets(uuids: readonly string[], span?: Span): Map<string, RawPacket[]> {
    return this.#raw.of(uuids, span);
  }

  loss(span?: Span): readonly Loss[] {
    return this.#losses.within(span);
  }

  #observe(seen: ObservationReader, nowMs: number): void {
    const store = this.#store;
    const source = seen.source;
    const stored = store.places[source];
    if (!stored || stored.isEnding) {
      this.#refuse(seen, nowMs);
      return;
    }
    let row = store.find(source, seen.uint32(layout.key + 4), seen.uint32(layout.key));
    if (row !== 0 && finishedNow(store, row, seen)) {
      // The same ports again after FIN or RST: another connection.
      this.#end(row);
      row = 0;
    }
    const isNew = row === 0;
    if (isNew) {
      const isFull = store.size >= this.#flowsMax;
      if (isFull && seen.isFactsOnly) {
        // They come after the counts of their conversation: its flow is one of those that were ended early.
        this.#loseFull(source, 'facts about flows ended early', nowMs);
        return;
      }
      if (isFull) this.#evict(this.#ages.oldest(nowMs), nowMs);
      row = store.create(seen, seen.number(layout.firstMs) || nowMs);
      this.#count.created++;
    }
    mergeObservation(store, row, seen, { isNew, nowMs });
    const isKnown = seen.payloadAt >= 0 && this.#takePayloads(row, seen, nowMs);
    // Seen at two times, or in more packets than a SYN and its refusal: not one of a flood.
    const talks = store.rows.float(row, r.loPacketsF) + store.rows.float(row, r.hiPacketsF) > 2;
    if (isNew || isKnown) {
      if (!isNew) this.#ages.remove(row);
      this.#ages.add(row, applicationName(store, row, this.#names), nowMs, talks || !isNew);
    } else {
      this.#ages.touch(row, nowMs, talks || !seen.isFactsOnly);
    }
    (isNew ? this.#news : this.#queue).add(row);
  }

  /** Periods are counted from the first word of time. */
  #start(nowMs: number): void {
    this.#queue.start(nowMs);
    this.#news.start(nowMs);
  }

  /** Whether it became known what travels in it. */
  #takePayloads(row: number, seen: ObservationReader, nowMs: number): boolean {
    const store = this.#store;
    const conversation = {
      protocol: store.protocol(row),
      loPort: port(store, row, 0),
      hiPort: port(store, row, 1),
      startedByHi: isHiStarted(store, row),
    };
    const lose: LoseApplication = (reason, { packets, flows }) =>
      this.#lose({ source: seen.source, stage: 'decoder', reason, packets, bytes: 0, flows, nowMs });
    return store.applications.take(row, seen.payloads(), conversation, lose);
  }

  /** Nothing of it is lost, but answers about now lack it, and what goes on of it is another flow. */
  #evict(row: number, nowMs: number): void {
    this.#loseFull(this.#store.source(row), 'idle flows ended early', nowMs);
    this.#count.evicted++;
    this.#end(row);
  }

  #loseFull(source: number, what: string, nowMs: number): void {
    this.#lose({ source, stage: 'flow-table', reason: `full: ${what}`, packets: 0, bytes: 0, flows: 1, nowMs });
  }

  #refuse(seen: ObservationReader, nowMs: number): void {
    this.#count.refused++;
    if (seen.isFactsOnly) return;
    const packets = seen.number(layout.loPackets) + seen.number(layout.hiPackets);
    const bytes = seen.number(layout.loBytes) + seen.number(layout.hiBytes);
    this.#lose({ source: seen.source, stage: 'flow-table', reason: 'capture is not running', packets, bytes, nowMs });
  }

  #lose(what: {
    source: number;
    stage: LossStage;
    reason: string;
    packets: number;
    bytes: number;
    flows?: number;
    nowMs: number;
  }): void {
    const { source, nowMs, ...rest } = what;
    const place = this.#store.places[source]?.place;
    const { node, capture, host } = place ?? { node: '', capture: '', host: '' };
    this.#losses.add({ node, capture, host, flows: 0, ...rest, from: nowMs, to: nowMs });
  }

  /** At most `most`; gives how many. */
  #endPlaces(most: number): number {
    let ended = 0;
    for (const [source, stored] of this.#store.places.entries()) {
      if (!stored?.isEnding) continue;
      for (; ended < most && stored.flows.first !== 0; ended++) this.#end(stored.flows.first);
      if (stored.flows.first !== 0) return ended;
      this.#store.places[source] = undefined;
      this.#places--;
    }
    return ended;
  }

  #end(row: number): void {
    this.#telling.tellEnd(row);
    this.#count.ended++;
    this.#ages.remove(row);
    this.#store.remove(row);
  }
}
