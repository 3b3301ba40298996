/** Flows, packets and losses that wait to be archived, in order, each with a bound. When there is no more room, the oldest go. */
import type { Flow, RawPacket } from '../flow/flow.ts';
import type { Loss } from '../flow/loss.ts';
import { lossesTogether } from './losses.ts';

export interface FlowQueueLimits {
  /** Flows in one batch. */
  readonly batchMax: number;
  readonly flowsMax: number;
  readonly packetsMax: number;
  readonly packetBytesMax: number;
}

export interface Kept {
  readonly uuid: string;
  readonly packet: RawPacket;
}

export interface TakenFlows {
  readonly flows: readonly Flow[];
  readonly rawPackets: readonly Kept[];
  readonly losses: readonly Loss[];
}

/** Part of the queue that is made free at once when it is full. */
const DROP_PART = 1 / 10;

/** Losses that wait; when there are more, those of one place and reason become one. */
const LOSSES_MAX = 1_000;

/** Bytes of packets in one batch. */
const BATCH_BYTES_MAX = 4 * 2 ** 20;

export class FlowQueue {
  readonly #limits: FlowQueueLimits;
  readonly #dropped: (flows: readonly Flow[], packets: readonly Kept[]) => void;
  #flows: Flow[] = [];
  #packets: Kept[] = [];
  #packetBytes = 0;
  #losses: Loss[] = [];
  #taken = 0;
  #since: number | undefined;
  #pushed = 0;
  #settled = 0;

  constructor(limits: FlowQueueLimits, dropped: (flows: readonly Flow[], packets: readonly Kept[]) => void) {
    this.#limits = limits;
    this.#dropped = dropped;
  }

  pushFlows(flows: readonly Flow[], now: number): void {
    this.#count(flows.length, now);
    for (const flow of flows) this.#flows.push(flow);
    const { flowsMax } = this.#limits;
    if (this.#flows.length <= flowsMax) return;
    const gone = this.#flows.splice(0, this.#flows.length - Math.floor(flowsMax * (1 - DROP_PART)));
    this.#settled += gone.length;
    this.#dropped(gone, []);
  }

  pushPackets(packets: readonly Kept[], now: number): void {
    this.#count(packets.length, now);
    for (const kept of packets) {
      this.#packets.push(kept);
      this.#packetBytes += kept.packet.data.length;
    }
    const { packetsMax, packetBytesMax } = this.#limits;
    let gone = 0;
    while (this.#packetBytes > packetBytesMax || this.#packets.length - gone > packetsMax)
      this.#packetBytes -= this.#packets[gone++]?.packet.data.length ?? 0;
    if (gone === 0) return;
    this.#settled += gone;
    this.#dropped([], this.#packets.splice(0, gone));
  }

  /** None of them is dropped. */
  pushLosses(losses: readonly Loss[], now: number): void {
    this.#count(losses.length, now);
    this.#losses.push(...losses);
    if (this.#losses.length <= LOSSES_MAX) return;
    const together = lossesTogether(this.#losses);
    this.#settled += this.#losses.length - together.length;
    this.#losses = together;
  }

  take(): TakenFlows | undefined {
    if (this.isEmpty) return undefined;
    const flows = this.#flows.splice(0, this.#limits.batchMax);
    let count = 0;
    for (let bytes = 0; count < this.#packets.length && bytes < BATCH_BYTES_MAX; count++)
      bytes += this.#packets[count]?.packet.data.length ?? 0;
    const rawPackets = this.#packets.splice(0, count);
    for (const { packet } of rawPackets) this.#packetBytes -= packet.data.length;
    const losses = this.#losses.splice(0);
    this.#taken = flows.length + rawPackets.length + losses.length;
    return { flows, rawPackets, losses };
  }

  settle(): void {
    this.#settled += this.#taken;
    this.#taken = 0;
    if (this.isEmpty) this.#since = undefined;
  }

  giveUp(): void {
    this.#dropped(this.#flows.splice(0), this.#packets.splice(0));
    this.#packetBytes = 0;
  }

  get pushed(): number {
    return this.#pushed;
  }

  get settled(): number {
    return this.#settled;
  }

  get flows(): number {
    return this.#flows.length;
  }

  get isEmpty(): boolean {
    return this.#flows.length + this.#packets.length + this.#losses.length === 0;
  }

  get hasBatch(): boolean {
    return this.#flows.length >= this.#limits.batchMax || this.#packetBytes >= BATCH_BYTES_MAX;
  }

  /** Since when something has waited, epoch ms. */
  get waitingSince(): number | undefined {
    return this.#since;
  }

  #count(pushed: number, now: number): void {
    if (pushed > 0) this.#since ??= now;
    this.#pushed += pushed;
  }
}
