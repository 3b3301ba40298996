/** The flow table as captures feed it: through an inbox, with its own clock, and with losses put down to their place. */
import { decodeApplication } from '../flow/application/index.ts';
import type { LookUpEnds } from '../flow/ends.ts';
import type { LossStage } from '../flow/loss.ts';
import type { CapturePlace, FlowLife } from '../flow/place.ts';
import { FlowTable } from '../flow/table.ts';
import type { FlowTableStats } from '../flow/table-stats.ts';
import type { Clock } from '../std/clock.ts';
import type { FlowIntake } from './flow-intake.ts';
import { Inbox } from './inbox.ts';

export interface LiveFlowsOptions {
  readonly life: FlowLife;
  readonly flowsMax: number;
  readonly dropReason?: (reason: number) => string;
  readonly host: string;
  readonly clock: Clock;
  /** Monotonic ms. */
  readonly elapsed: () => number;
  /** Bytes of observations that may wait. */
  readonly queueBytesMax?: number;
  /** Bytes of raw packets of live flows. */
  readonly rawBytesMax?: number;
  /**
   * Whether who is told of updates can take some thousand. While it cannot, they wait where they cost nothing: a flow
   * goes on counting in the table, and its next update tells all of it. Default: always.
   */
  readonly hasRoom?: () => boolean;
  readonly lookUpEnds?: LookUpEnds | undefined;
}

/** How often updates and ends are looked for. */
const TICK_MS = 250;
/** How soon room is looked for again. */
const ROOM_MS = 20;
/** Known flows of one buffer that are served when the inbox is full: some ms. */
const KNOWN_MOST = 4_096;
/** The end of many flows is spread over this time at most. */
const END_MS = 3_000;

export class LiveFlows implements FlowIntake {
  readonly table: FlowTable;
  readonly #clock: Clock;
  readonly #host: string;
  readonly #inbox: Inbox;
  readonly #places = new Map<number, CapturePlace>();
  readonly #hasRoom: () => boolean;
  #cancelTick: () => void;
  #isOver = false;

  constructor(options: LiveFlowsOptions) {
    const { life, flowsMax, dropReason, host, clock, elapsed, queueBytesMax, rawBytesMax } = options;
    this.table = new FlowTable({
      life,
      flowsMax,
      decode: decodeApplication,
      ...(dropReason && { dropReason }),
      ...(rawBytesMax !== undefined && { rawBytesMax }),
      lookUpEnds: options.lookUpEnds,
    });
    this.#clock = clock;
    this.#host = host;
    this.#hasRoom = options.hasRoom ?? (() => true);
    this.#inbox = new Inbox({
      observe: (observations) => this.table.observe(observations, clock.now()),
      raw: (packets) => this.table.raw(packets),
      known: (observations) => this.table.observeKnown(observations, clock.now(), KNOWN_MOST),
      lost: (source, packets, bytes) =>
        this.lost(source, 'queue', 'the queue of the flow table is full', packets, bytes),
      elapsed,
      ...(queueBytesMax !== undefined && { bytesMax: queueBytesMax }),
    });
    this.#cancelTick = clock.after(TICK_MS, () => this.#tick());
  }

  open(place: CapturePlace): number {
    const source = this.table.addPlace(place);
    this.#places.set(source, place);
    return source;
  }

  async close(source: number): Promise<void> {
    await this.#inbox.settled();
    this.#places.delete(source);
    this.table.removePlace(source);
  }

  observe(source: number, observations: Uint8Array): void {
    this.#inbox.observe(source, observations);
  }

  raw(source: number, packets: Uint8Array): void {
    this.#inbox.raw(source, packets);
  }

  lost(source: number, stage: LossStage, reason: string, packets: number, bytes: number): void {
    const { node = '', capture = '' } = this.#places.get(source) ?? {};
    const now = this.#clock.now();
    this.table.lost({ node, capture, host: this.#host, stage, reason, packets, bytes, flows: 0, from: now, to: now });
  }

  stats(): FlowTableStats & { readonly waitingBytes: number } {
    return { ...this.table.stats(), waitingBytes: this.#inbox.waiting };
  }

  /**
   * All flows end and are told: captures have stopped before. `room` resolves when whoever is told can take more; it is
   * waited for so long at most.
   */
  async end(room: () => Promise<void>): Promise<void> {
    await this.#inbox.settled();
    this.#isOver = true;
    this.#cancelTick();
    const lastMs = this.#clock.now() + END_MS;
    while (this.table.stats().places > 0 && this.#clock.now() < lastMs) {
      this.table.tick(this.#clock.now());
      await room();
    }
    this.table.finish();
  }

  #tick(): void {
    if (this.#isOver) return;
    if (!this.#hasRoom()) {
      this.#cancelTick = this.#clock.after(ROOM_MS, () => this.#tick());
      return;
    }
    // More is due than one turn of the event loop should do: the rest in the next.
    if (this.table.tick(this.#clock.now())) setImmediate(() => this.#tick());
    else this.#cancelTick = this.#clock.after(TICK_MS, () => this.#tick());
  }
}
