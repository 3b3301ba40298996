/**
 * Between the live graph, which never waits, and the archive, which may have to: gathers what happened into batches,
 * one on its way at a time, tried again until it is kept. What finds no room is counted, never silently gone.
 */
import type { Commit } from '../graph/change.ts';
import { type Backoff, backoff } from '../std/backoff.ts';
import type { Clock } from '../std/clock.ts';
import { settlesWithin } from '../std/pause.ts';
import { Unavailable } from '../std/unavailable.ts';
import type { Archive, ArchiveBatch } from './archive.ts';
import { batchId } from './batchid.ts';
import { type DropCounts, Queue } from './queue.ts';

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

/** A batch that the archive refuses for a reason of its own (not: it is away) is given up after so many tries. */
const TRIES_MAX = 3;

/** How long `stop` goes on trying. */
const STOP_MS = 5_000;

export class ArchiveWriter {
  readonly #archive: Pick<Archive, 'append'>;
  readonly #writerId: string;
  readonly #clock: Clock;
  readonly #gatherMs: number;
  readonly #queue: Queue;
  readonly #backoff: Backoff;
  readonly #waiting: Waiting[] = [];
  #sending: Batch | undefined;
  #isOnItsWay = false;
  #cancelTimer: (() => void) | undefined;
  #lastError: Error | undefined;
  #isStopped = false;
  #written = 0;
  #samplesWritten = 0;
  #batches = 0;
  #failures = 0;

  constructor(options: ArchiveWriterOptions) {
    const { batchMax = 5_000, eventsQueuedMax = 1_000_000, samplesQueuedMax = 200_000 } = options;
    this.#archive = options.archive;
    this.#writerId = options.writerId;
    this.#clock = options.clock;
    this.#gatherMs = options.gatherMs ?? 20;
    this.#queue = new Queue({ batchMax, eventsMax: eventsQueuedMax, samplesMax: samplesQueuedMax });
    this.#backoff = backoff({ firstMs: 100, maxMs: 5_000, random: options.random ?? Math.random });
  }

  /** Takes what happened. Never waits, never throws. */
  push(commit: Commit): void {
    this.#queue.push(commit, this.#clock.now());
    this.#schedule();
  }

  /** A sign of life: that nothing has happened is worth knowing too. */
  heartbeat(): void {
    this.#queue.sign();
    this.#schedule();
  }

  /** Resolves when everything pushed so far is kept (or counted as lost); rejects while the archive is away. */
  flushed(): Promise<void> {
    const upTo = this.#queue.pushed;
    if (this.#queue.settled >= upTo) return Promise.resolve();
    if (this.#lastError) return Promise.reject(this.#lastError);
    const done = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ upTo, resolve, reject });
    });
    if (!this.#isOnItsWay) this.#send();
    return done;
  }

  /** So much waits that whoever can wait should. */
  get isFull(): boolean {
    return this.#queue.isHalfFull;
  }

  status(): ArchiveWriterStatus {
    const { lost } = this.#queue;
    const notes: string[] = [];
    if (this.#lastError) notes.push(`not written for now: ${this.#lastError.message}`);
    if (lost.events + lost.samples > 0)
      notes.push(`lost for lack of room or refused: ${lost.events} changes, ${lost.samples} samples`);
    return {
      queued: this.#queue.events + (this.#sending?.content.events.length ?? 0),
      oldestQueuedMs: this.#clock.now() - (this.#queue.waitingSince ?? this.#clock.now()),
      written: this.#written,
      samplesWritten: this.#samplesWritten,
      batches: this.#batches,
      failures: this.#failures,
      lastError: this.#lastError?.message,
      lost,
      notes,
    };
  }

  /** Writes what waits, for a few seconds at most, and a last sign of life. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#queue.sign();
    // It may be back.
    this.#lastError = undefined;
    await settlesWithin(this.#clock, STOP_MS, this.flushed());
    this.#isStopped = true;
    this.#cancelTimer?.();
    if (this.#sending) this.#lose(this.#sending);
    this.#queue.giveUp();
  }

  #schedule(): void {
    if (this.#isOnItsWay) return;
    // After a failure its own time is waited for, however much comes in.
    if (this.#queue.hasBatch && !this.#lastError) this.#send();
    else if (!this.#cancelTimer) this.#wait(this.#gatherMs);
  }

  #wait(delayMs: number): void {
    this.#cancelTimer = this.#clock.after(delayMs, () => {
      this.#cancelTimer = undefined;
      this.#send();
    });
  }

  #send(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#isStopped) return;
    this.#sending ??= this.#nextBatch();
    const batch = this.#sending;
    if (!batch) return;
    this.#isOnItsWay = true;
    this.#archive.append(batch.content).then(
      () => this.#kept(batch),
      (error: unknown) => this.#refused(batch, error instanceof Error ? error : new Error(String(error))),
    );
  }

  #nextBatch(): Batch | undefined {
    const taken = this.#queue.take();
    if (!taken) return undefined;
    const { events, samples, lastTime, isAll } = taken;
    // While more waits, it is not true that all is known until now.
    const time = isAll ? Math.max(this.#clock.now(), lastTime) : lastTime;
    return { content: { id: batchId(this.#writerId, ++this.#batches), time, events, samples }, tries: 0 };
  }

  #kept({ content }: Batch): void {
    this.#written += content.events.length;
    this.#samplesWritten += content.samples.length;
    this.#lastError = undefined;
    this.#backoff.reset();
    this.#done();
  }

  /** The same batch again, under the same id: if it was kept after all, that changes nothing. */
  #refused(batch: Batch, error: Error): void {
    this.#failures++;
    batch.tries++;
    const isAway = error instanceof Unavailable;
    if (!isAway && batch.tries >= TRIES_MAX) {
      this.#lose(batch);
      this.#lastError = undefined;
      this.#done();
      return;
    }
    this.#isOnItsWay = false;
    this.#lastError = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    if (!this.#isStopped) this.#wait(this.#backoff.next());
  }

  #lose({ content }: Batch): void {
    this.#queue.lose(content.events.length, content.samples.length);
  }

  #done(): void {
    this.#isOnItsWay = false;
    this.#sending = undefined;
    this.#queue.settle();
    while (this.#waiting[0] && this.#waiting[0].upTo <= this.#queue.settled) this.#waiting.shift()?.resolve();
    if (this.#isStopped || this.#queue.isEmpty) return;
    if (this.#waiting.length > 0) this.#send();
    else this.#schedule();
  }
}

interface Batch {
  readonly content: ArchiveBatch;
  tries: number;
}

interface Waiting {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}
