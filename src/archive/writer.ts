/**
 * Between the live graph, which never waits, and the archive, which may have to: gathers what happened into batches,
 * one on its way at a time, tried again until it is kept. What finds no room is counted, never silently gone.
 */
import type { Commit } from '../graph/change.ts';
import type { Clock } from '../std/clock.ts';
import type { Archive, ArchiveBatch } from './archive.ts';
import { batchId } from './batchid.ts';
import { type DropCounts, Queue } from './queue.ts';
import { Sending } from './sending.ts';

export interface ArchiveWriterOptions {
  readonly archive: Pick<Archive, 'append'>;
  /** Different for each start of the process. */
  readonly writerId: string;
  readonly clock: Clock;
  readonly random?: () => number;
  /** How long the first event waits for company. */
  readonly gatherMs?: number;
  /** Events, and samples, in one batch. */
  readonly batchMax?: number;
  /** Events that may wait, about 500 bytes each with what they keep alive. */
  readonly eventsQueuedMax?: number;
  readonly samplesQueuedMax?: number;
}

export interface ArchiveWriterStatus {
  readonly queued: number;
  /** For how long something has waited. */
  readonly oldestQueuedMs: number;
  /** Events that are kept. */
  readonly written: number;
  readonly samplesWritten: number;
  readonly batches: number;
  readonly failures: number;
  /** Undefined when the last batch went well. */
  readonly lastError: string | undefined;
  /** What could not be kept, by reason. */
  readonly lost: DropCounts;
  /** Sentences for people; empty when all is well. */
  readonly notes: readonly string[];
}

export class ArchiveWriter {
  readonly #writerId: string;
  readonly #clock: Clock;
  readonly #queue: Queue;
  readonly #sending: Sending<ArchiveBatch>;
  #written = 0;
  #samplesWritten = 0;
  #batches = 0;

  constructor(options: ArchiveWriterOptions) {
    const { archive, clock, random, gatherMs = 20 } = options;
    const { batchMax = 5_000, eventsQueuedMax = 1_000_000, samplesQueuedMax = 200_000 } = options;
    this.#writerId = options.writerId;
    this.#clock = clock;
    const queue = new Queue({ batchMax, eventsMax: eventsQueuedMax, samplesMax: samplesQueuedMax });
    this.#queue = queue;
    this.#sending = new Sending(
      {
        queue,
        take: () => this.#nextBatch(),
        append: (batch) => archive.append(batch),
        kept: ({ events, samples }) => {
          this.#written += events.length;
          this.#samplesWritten += samples.length;
        },
        lose: ({ events, samples }) => queue.lose(events.length, samples.length),
        giveUp: () => queue.giveUp(),
      },
      { clock, random, gatherMs },
    );
  }

  /** Takes what happened. Never waits, never throws. */
  push(commit: Commit): void {
    this.#queue.push(commit, this.#clock.now());
    this.#sending.schedule();
  }

  /** A sign of life: that nothing has happened is worth knowing too. */
  heartbeat(): void {
    this.#queue.sign();
    this.#sending.schedule();
  }

  /** Resolves when everything pushed so far is kept (or counted as lost); rejects while the archive is away. */
  flushed(): Promise<void> {
    return this.#sending.flushed();
  }

  /** So much waits that whoever can wait should. */
  get isFull(): boolean {
    return this.#queue.isHalfFull;
  }

  status(): ArchiveWriterStatus {
    const { lost } = this.#queue;
    const { failures, lastError, batch } = this.#sending;
    const notes: string[] = [];
    if (lastError) notes.push(`not written for now: ${lastError.message}`);
    if (lost.events + lost.samples > 0)
      notes.push(`lost for lack of room or refused: ${lost.events} changes, ${lost.samples} samples`);
    return {
      queued: this.#queue.events + (batch?.events.length ?? 0),
      oldestQueuedMs: this.#clock.now() - (this.#queue.waitingSince ?? this.#clock.now()),
      written: this.#written,
      samplesWritten: this.#samplesWritten,
      batches: this.#batches,
      failures,
      lastError: lastError?.message,
      lost,
      notes,
    };
  }

  /** Writes what waits, for a few seconds at most, and a last sign of life. */
  async stop(): Promise<void> {
    this.#queue.sign();
    await this.#sending.stop();
  }

  #nextBatch(): ArchiveBatch | undefined {
    const taken = this.#queue.take();
    if (!taken) return undefined;
    const { events, samples, lastTime, isAll } = taken;
    // While more waits, it is not true that all is known until now.
    const time = isAll ? Math.max(this.#clock.now(), lastTime) : lastTime;
    return { id: batchId(this.#writerId, ++this.#batches), time, events, samples };
  }
}
