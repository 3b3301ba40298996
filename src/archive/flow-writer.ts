/**
 * Between the table of live flows, which never waits, and the archive, which may have to. What finds no room is a Loss
 * with its place, never silently gone.
 */
import type { Flow } from '../flow/flow.ts';
import type { Loss } from '../flow/loss.ts';
import type { Clock } from '../std/clock.ts';
import type { FlowArchive, FlowBatch } from './archive.ts';
import { batchId } from './batchid.ts';
import { FlowQueue, type Kept } from './flow-queue.ts';
import { Sending } from './sending.ts';

export interface FlowWriterOptions {
  readonly archive: Pick<FlowArchive, 'append'>;
  /** Different for each start of the process. */
  readonly writerId: string;
  readonly host: string;
  /** Told of what this writer could not keep. What comes back by `pushLosses` is archived as other losses are. */
  readonly lost: (loss: Loss) => void;
  readonly clock: Clock;
  readonly random?: () => number;
  /** How long the first flow waits for company. */
  readonly gatherMs?: number;
  /** Flows in one batch: written in about 20 ms. */
  readonly batchMax?: number;
  /** Flows that may wait, about 2 kB each. */
  readonly flowsQueuedMax?: number;
  readonly packetsQueuedMax?: number;
  readonly packetBytesQueuedMax?: number;
}

export interface FlowWriterStatus {
  /** Updates of flows that wait. */
  readonly queued: number;
  /** For how long something has waited. */
  readonly oldestQueuedMs: number;
  /** Updates, and packets, that are kept. */
  readonly written: number;
  readonly rawPacketsWritten: number;
  readonly batches: number;
  readonly failures: number;
  /** Undefined when the last batch went well. */
  readonly lastError: string | undefined;
  /** What could not be kept. */
  readonly lost: { readonly flows: number; readonly rawPackets: number };
  /** Sentences for people; empty when all is well. */
  readonly notes: readonly string[];
}

const NO_ROOM = 'no room to wait for the archive';
const REFUSED = 'refused by the archive';

export class FlowWriter {
  readonly #options: FlowWriterOptions;
  readonly #queue: FlowQueue;
  readonly #sending: Sending<FlowBatch>;
  #written = 0;
  #packetsWritten = 0;
  #batches = 0;
  #lost = { flows: 0, rawPackets: 0 };

  constructor(options: FlowWriterOptions) {
    const { archive, writerId, clock, random, gatherMs = 200, batchMax = 2_500 } = options;
    const { flowsQueuedMax = 50_000, packetsQueuedMax = 100_000, packetBytesQueuedMax = 32 * 2 ** 20 } = options;
    this.#options = options;
    const limits = {
      batchMax,
      flowsMax: flowsQueuedMax,
      packetsMax: packetsQueuedMax,
      packetBytesMax: packetBytesQueuedMax,
    };
    const queue = new FlowQueue(limits, (flows, packets) => this.#lose(flows, packets, NO_ROOM));
    this.#queue = queue;
    this.#sending = new Sending(
      {
        queue,
        take: () => {
          const taken = queue.take();
          return taken && { id: batchId(writerId, ++this.#batches), ...taken };
        },
        append: (batch) => archive.append(batch),
        kept: ({ flows, rawPackets }) => {
          this.#written += flows.length;
          this.#packetsWritten += rawPackets.length;
        },
        lose: ({ flows, rawPackets }) => this.#lose(flows, rawPackets, REFUSED),
        giveUp: () => queue.giveUp(),
      },
      { clock, random, gatherMs },
    );
  }

  /** Takes flows as they stand at their update. Never waits, never throws. */
  push(flows: readonly Flow[]): void {
    this.#queue.pushFlows(flows, this.#options.clock.now());
    this.#sending.schedule();
  }

  pushRawPackets(packets: readonly Kept[]): void {
    this.#queue.pushPackets(packets, this.#options.clock.now());
    this.#sending.schedule();
  }

  pushLosses(losses: readonly Loss[]): void {
    if (losses.length === 0) return;
    this.#queue.pushLosses(losses, this.#options.clock.now());
    this.#sending.schedule();
  }

  /** Resolves when everything pushed so far is kept (or counted as lost); rejects while the archive is away. */
  flushed(): Promise<void> {
    return this.#sending.flushed();
  }

  status(): FlowWriterStatus {
    const { clock } = this.#options;
    const { failures, lastError, batch } = this.#sending;
    const { flows, rawPackets } = this.#lost;
    const notes: string[] = [];
    if (lastError) notes.push(`flows are not written for now: ${lastError.message}`);
    if (flows + rawPackets > 0)
      notes.push(`lost for lack of room or refused: ${flows} updates of flows, ${rawPackets} packets`);
    return {
      queued: this.#queue.flows + (batch?.flows.length ?? 0),
      oldestQueuedMs: clock.now() - (this.#queue.waitingSince ?? clock.now()),
      written: this.#written,
      rawPacketsWritten: this.#packetsWritten,
      batches: this.#batches,
      failures,
      lastError: lastError?.message,
      lost: this.#lost,
      notes,
    };
  }

  /** Writes what waits, for a few seconds at most. */
  stop(): Promise<void> {
    return this.#sending.stop();
  }

  #lose(flows: readonly Flow[], packets: readonly Kept[], reason: string): void {
    this.#lost = { flows: this.#lost.flows + flows.length, rawPackets: this.#lost.rawPackets + packets.length };
    for (const some of Map.groupBy(flows, ({ NodeTID, CaptureID }) => `${NodeTID} ${CaptureID}`).values()) {
      const [first] = some;
      if (first) this.#tell(first.NodeTID, first.CaptureID, reason, lossOfFlows(some));
    }
    // A packet does not say where it was captured; its flow does.
    if (packets.length > 0) this.#tell('', '', `packets kept of flows: ${reason}`, lossOfPackets(packets));
  }

  #tell(
    node: string,
    capture: string,
    reason: string,
    lost: Pick<Loss, 'packets' | 'bytes' | 'flows' | 'from' | 'to'>,
  ) {
    this.#options.lost({ node, capture, host: this.#options.host, stage: 'archive', reason, ...lost });
  }
}

function lossOfFlows(flows: readonly Flow[]) {
  const lost = { packets: 0, bytes: 0, flows: new Set(flows.map(({ UUID }) => UUID)).size, ...timesOf(flows) };
  for (const { LastUpdateMetric: added } of flows) {
    if (!added) continue;
    lost.packets += added.ABPackets + added.BAPackets;
    lost.bytes += added.ABBytes + added.BABytes;
  }
  return lost;
}

function timesOf(flows: readonly Flow[]) {
  const times = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  for (const { Start, Last, LastUpdateMetric: added } of flows) {
    times.from = Math.min(times.from, added?.Start ?? Start);
    times.to = Math.max(times.to, Last);
  }
  return times;
}

function lossOfPackets(packets: readonly Kept[]) {
  const lost = { packets: packets.length, bytes: 0, flows: 0, from: Number.POSITIVE_INFINITY, to: 0 };
  for (const { packet } of packets) {
    lost.bytes += packet.length;
    lost.from = Math.min(lost.from, packet.timestampMs);
    lost.to = Math.max(lost.to, packet.timestampMs);
  }
  return lost;
}
