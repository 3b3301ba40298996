/**
 * Batches on their way to an archive: one at a time, what is pushed waits a moment for company, a batch that was refused
 * is tried again under the same id until it is kept or given up.
 */
import { type Backoff, backoff } from '../std/backoff.ts';
import type { Clock } from '../std/clock.ts';
import { settlesWithin } from '../std/pause.ts';
import { Unavailable } from '../std/unavailable.ts';

export interface Sendable<Batch> {
  /** The next batch; undefined when nothing waits. */
  take(): Batch | undefined;
  append(batch: Batch): Promise<void>;
  kept(batch: Batch): void;
  /** It could not be kept. */
  lose(batch: Batch): void;
  /** Nothing more will be taken: what is left is lost. */
  giveUp(): void;
  readonly queue: SendingQueue;
}

export interface SendingQueue {
  /** What was taken has been dealt with. */
  settle(): void;
  /** Things pushed so far, and how many of them are dealt with. */
  readonly pushed: number;
  readonly settled: number;
  readonly isEmpty: boolean;
  /** Enough for a full batch. */
  readonly hasBatch: boolean;
}

export interface SendingOptions {
  readonly clock: Clock;
  readonly random?: (() => number) | undefined;
  /** How long the first that is pushed waits for company. */
  readonly gatherMs: number;
}

/** A batch that the archive refuses for a reason of its own (not: it is away) is given up after so many tries. */
const TRIES_MAX = 3;

/** How long `stop` goes on trying. */
const STOP_MS = 5_000;

export class Sending<Batch> {
  readonly #what: Sendable<Batch>;
  readonly #clock: Clock;
  readonly #gatherMs: number;
  readonly #backoff: Backoff;
  readonly #waiting: Waiting[] = [];
  #sending: { readonly batch: Batch; tries: number } | undefined;
  #isOnItsWay = false;
  #cancelTimer: (() => void) | undefined;
  #lastError: Error | undefined;
  #isStopped = false;
  #failures = 0;

  constructor(what: Sendable<Batch>, { clock, random = Math.random, gatherMs }: SendingOptions) {
    this.#what = what;
    this.#clock = clock;
    this.#gatherMs = gatherMs;
    this.#backoff = backoff({ firstMs: 100, maxMs: 5_000, random });
  }

  /** On its way, or to be tried again. */
  get batch(): Batch | undefined {
    return this.#sending?.batch;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Undefined when the last batch went well. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }

  /** Something was pushed. */
  schedule(): void {
    if (this.#isOnItsWay) return;
    // After a failure its own time is waited for, however much comes in.
    if (this.#what.queue.hasBatch && !this.#lastError) this.#send();
    else if (!this.#cancelTimer) this.#wait(this.#gatherMs);
  }

  /** Resolves when everything pushed so far is kept (or counted as lost); rejects while the archive is away. */
  flushed(): Promise<void> {
    const upTo = this.#what.queue.pushed;
    if (this.#what.queue.settled >= upTo) return Promise.resolve();
    if (this.#lastError) return Promise.reject(this.#lastError);
    const done = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ upTo, resolve, reject });
    });
    if (!this.#isOnItsWay) this.#send();
    return done;
  }

  /** Writes what waits, for a few seconds at most. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    // It may be back.
    this.#lastError = undefined;
    await settlesWithin(this.#clock, STOP_MS, this.flushed());
    this.#isStopped = true;
    this.#cancelTimer?.();
    if (this.#sending) this.#what.lose(this.#sending.batch);
    this.#what.giveUp();
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
    if (!this.#sending) {
      const batch = this.#what.take();
      if (batch === undefined) return;
      this.#sending = { batch, tries: 0 };
    }
    const sending = this.#sending;
    this.#isOnItsWay = true;
    this.#what.append(sending.batch).then(
      () => this.#kept(sending.batch),
      (error: unknown) => this.#refused(sending, error instanceof Error ? error : new Error(String(error))),
    );
  }

  #kept(batch: Batch): void {
    this.#what.kept(batch);
    this.#lastError = undefined;
    this.#backoff.reset();
    this.#done();
  }

  /** The same batch again, under the same id: if it was kept after all, that changes nothing. */
  #refused(sending: { readonly batch: Batch; tries: number }, error: Error): void {
    this.#failures++;
    sending.tries++;
    const isAway = error instanceof Unavailable;
    if (!isAway && sending.tries >= TRIES_MAX) {
      this.#what.lose(sending.batch);
      this.#lastError = undefined;
      this.#done();
      return;
    }
    this.#isOnItsWay = false;
    this.#lastError = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    if (!this.#isStopped) this.#wait(this.#backoff.next());
  }

  #done(): void {
    const { queue } = this.#what;
    this.#isOnItsWay = false;
    this.#sending = undefined;
    queue.settle();
    while (this.#waiting[0] && this.#waiting[0].upTo <= queue.settled) this.#waiting.shift()?.resolve();
    if (this.#isStopped || queue.isEmpty) return;
    if (this.#waiting.length > 0) this.#send();
    else this.schedule();
  }
}

interface Waiting {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}
