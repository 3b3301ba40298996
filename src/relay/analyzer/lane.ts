/**
 * The batches of one spool on their way into the archive: one after the other, each again until it is kept. A lane
 * outlives connections: what was taken in over one that broke is kept all the same, and acknowledged over the next.
 */
import { type Backoff, backoff } from '../../std/backoff.ts';
import type { Clock } from '../../std/clock.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { Gate } from './gate.ts';
import type { Pressure } from './pressure.ts';

export interface LaneParts {
  readonly spool: string;
  /** Batches up to this one are kept. */
  readonly kept: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pressure: Pressure;
  readonly gate: Gate;
  /** More is kept. */
  readonly advanced: () => void;
  /** The archive refuses it for a reason of its own. */
  readonly lost: (reason: string) => void;
}

export interface LaneWork {
  /** Undefined: it is no batch, but has its place in the order. */
  readonly seq: number | undefined;
  readonly bytes: number;
  /** Called again when it rejects. */
  readonly keep: () => Promise<void>;
}

/** A batch that the archive refuses for a reason of its own (not: it is away) is given up after so many tries. */
const TRIES_MAX = 3;

export class Lane {
  readonly spool: string;
  readonly #parts: LaneParts;
  readonly #backoff: Backoff;
  readonly #queue: LaneWork[] = [];
  #kept: number;
  #taken: number;
  #isBusy = false;
  #isStopped = false;
  #lastError: string | undefined;
  #idle: (() => void)[] = [];
  #flushes: Flush[] = [];

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.spool = parts.spool;
    this.#kept = parts.kept;
    this.#taken = parts.kept;
    this.#backoff = backoff({ firstMs: 100, maxMs: 5_000, random: parts.random });
  }

  get kept(): number {
    return this.#kept;
  }

  /** The last that was taken in, kept or not. */
  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Why the batch that is next is not kept yet. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  put(work: LaneWork): void {
    this.#queue.push(work);
    if (work.seq !== undefined) this.#taken = work.seq;
    this.#parts.pressure.hold(work.bytes);
    if (!this.#isBusy && !this.#isStopped) void this.#go();
  }

  /** Resolves when all is kept that was put. */
  idle(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Resolves when what was put so far is kept; rejects while the archive is away. */
  flushed(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    if (this.#lastError !== undefined) return Promise.reject(new Error(this.#lastError));
    return new Promise((resolve, reject) => this.#flushes.push({ work: this.#queue.at(-1), resolve, reject }));
  }

  /** Nothing more is tried; what is not kept was not acknowledged either. */
  stop(): void {
    this.#isStopped = true;
  }

  async #go(): Promise<void> {
    this.#isBusy = true;
    let tries = 0;
    for (let work = this.#queue[0]; work && !this.#isStopped; work = this.#queue[0]) {
      const { keep } = work;
      try {
        await this.#parts.gate.through(keep);
        this.#lastError = undefined;
      } catch (error) {
        this.#lastError = error instanceof Error ? error.message : String(error);
        for (const { reject } of this.#flushes.splice(0)) reject(error);
        if (error instanceof Unavailable || ++tries < TRIES_MAX) {
          await this.#pause();
          continue;
        }
        this.#parts.lost(this.#lastError);
      }
      tries = 0;
      this.#backoff.reset();
      this.#done(work);
    }
    this.#isBusy = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #done(work: LaneWork): void {
    const { seq, bytes } = work;
    this.#queue.shift();
    // In the order in which they were asked for.
    while (this.#flushes[0]?.work === work) this.#flushes.shift()?.resolve();
    if (seq !== undefined) this.#kept = seq;
    this.#parts.pressure.release(bytes);
    if (seq !== undefined) this.#parts.advanced();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(this.#backoff.next(), resolve));
  }
}

interface Flush {
  /** The last that was put. */
  readonly work: LaneWork | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
