/** What one query may cost. Each limit is named in the Mistake that tells of it. */
import { type Mistake, mistake } from '../std/mistake.ts';
import type { Kind } from './kind.ts';

export interface Limits {
  /** Characters of query text. */
  readonly textLength: number;
  /** Arguments within arguments. */
  readonly depth: number;
  readonly steps: number;
  readonly timeMs: number;
  /** Elements and values looked at. */
  readonly items: number;
  /** Estimate of what the query holds while it runs. */
  readonly memoryBytes: number;
  /** Items in the answer. */
  readonly results: number;
  /** Work at a stretch, before the event loop may turn. */
  readonly sliceMs: number;
}

export const defaultLimits: Limits = {
  textLength: 64 * 1024,
  depth: 16,
  steps: 200,
  timeMs: 30_000,
  items: 50_000_000,
  memoryBytes: 512 * 1024 * 1024,
  results: 2_000_000,
  sliceMs: 10,
};

/** A reference held in an array or a set, roughly. */
const HELD_BYTES = 64;
/** References that an item of a kind counts for: flows are made for the query that asks, of two kilobytes or so. */
export function weightOf(kind: Kind): number {
  return kind === 'flows' ? 32 : 1;
}

/** Items between two looks at the clock: so many where items are quick, fewer where a few of them took long. */
const STRIDE_MAX = 128;
/** Part of a slice that may pass between two looks. */
const STRIDE_SHARE = 1 / 8;

/** What a running query has used of its limits. */
export class Budget {
  private readonly limits: Limits;
  private readonly elapsed: () => number;
  private readonly signal: AbortSignal | undefined;
  private readonly startMs: number;
  private sliceStartMs: number;
  private stride = 1;
  private left = 1;
  private lookedMs: number;
  private items = 0;
  private held = 0;
  /** The slice is. */
  private isOver = false;

  constructor(limits: Limits, elapsed: () => number, signal: AbortSignal | undefined) {
    this.limits = limits;
    this.elapsed = elapsed;
    this.signal = signal;
    this.startMs = elapsed();
    this.sliceStartMs = this.startMs;
    this.lookedMs = this.startMs;
  }

  /**
   * One item was looked at. True when it is time to breathe: yield `undefined`, so that the event loop can turn. It stays
   * true until it has turned, as not all who spend can yield.
   */
  spend(): boolean {
    return --this.left <= 0 ? this.look() : this.isOver;
  }

  /** So many more items are held (or, negative, let go). */
  hold(count: number): void {
    this.held += count;
    if (this.held * HELD_BYTES > this.limits.memoryBytes)
      throw tooMuch('memoryBytes', `it held about ${Math.round(this.limits.memoryBytes / 1e6)} MB`);
  }

  /** Since it began. */
  get elapsedMs(): number {
    return this.elapsed() - this.startMs;
  }

  /** The event loop has turned: a new slice begins. */
  resume(): void {
    this.look();
    this.isOver = false;
    this.sliceStartMs = this.elapsed();
    this.lookedMs = this.sliceStartMs;
  }

  checkResults(count: number): void {
    if (count > this.limits.results) throw tooMuch('results', `its answer has more than ${this.limits.results} items`);
  }

  /** The same as `spend` at the end of a longer piece of work, whose length nobody knows. */
  look(): boolean {
    this.items += this.stride - this.left;
    if (this.signal?.aborted) throw cancelled();
    if (this.items > this.limits.items) throw tooMuch('items', `it looked at ${this.limits.items} items`);
    const now = this.elapsed();
    if (now - this.startMs > this.limits.timeMs) throw tooMuch('timeMs', `${this.limits.timeMs / 1000} s`);
    const isSlow = now - this.lookedMs > this.limits.sliceMs * STRIDE_SHARE;
    if (isSlow) this.stride = Math.max(1, this.stride >> 2);
    else if (this.left <= 0 && this.stride < STRIDE_MAX) this.stride *= 2;
    this.left = this.stride;
    this.lookedMs = now;
    this.isOver = now - this.sliceStartMs >= this.limits.sliceMs;
    return this.isOver;
  }
}

function tooMuch(limit: keyof Limits, what: string): Mistake {
  const why = limit === 'timeMs' ? `the query was stopped after ${what}` : `the query was stopped: ${what}`;
  return mistake(
    'query.limit',
    `${why} (limit ${limit})`,
    'narrow it with filters or a limit, or ask for a shorter time',
  );
}

export function cancelled(): Mistake {
  return mistake('query.cancelled', 'the query was cancelled');
}
