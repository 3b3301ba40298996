/**
 * When each condition is looked at: after changes of the graph, again and again, or at a moment; never twice at once.
 * There is a line for those that are quick and one for those that are slow, so that these hold up only each other.
 */
import type { Clock } from '../std/clock.ts';
import { mistake } from '../std/mistake.ts';
import { Passes } from '../std/passes.ts';
import type { Alert } from './alert.ts';
import { Line } from './line.ts';
import type { Reason } from './standing.ts';
import { triggerOf } from './trigger.ts';

export interface LookingParts {
  /** What a condition finds now; undefined: nothing. Rejects when that cannot be known. */
  readonly look: (expression: string, signal: AbortSignal) => Promise<Reason | undefined>;
  readonly seen: (looked: Looked, reason: Reason | undefined) => void;
  readonly failed: (looked: Looked, error: string) => void;
  readonly clock: Clock;
  readonly random: () => number;
  /** Of the processor, as much as all of us have used so far, ms. */
  readonly usedMs: () => number;
  readonly log: { info(text: string): void; warn(text: string): void };
  /** For looking at one condition. ms */
  readonly lookMs: number;
}

/** One alert, and how looking at it went. */
export interface Looked {
  readonly alert: Alert;
  /** Epoch ms. */
  readonly lookedAt: number | undefined;
  readonly tookMs: number;
  /** How much later than it should have been, where that is more than may be; ms. */
  readonly lateMs: number | undefined;
}

/** What took longer the last time is slow: it computes much, or waits for an answer. */
const SLOW_MS = 100;
/** Waiting for longer than this, and than its own interval, is told. */
const LATE_MS = 1_000;
/** After so long without another one that was late it is no more so. */
const LATE_OVER_MS = 60_000;
/** One that could not be looked at is looked at again, even if nothing changes. */
const FAILED_AGAIN_MS = 10_000;

interface Watched {
  readonly alert: Alert;
  readonly everyMs: number | undefined;
  cancel: (() => void) | undefined;
  again: (() => void) | undefined;
  isLooking: boolean;
  dueAt: number;
  lookedAt: number | undefined;
  tookMs: number;
  lateMs: number | undefined;
  error: string | undefined;
}

export class Looking {
  readonly #parts: LookingParts;
  readonly #watched = new Map<string, Watched>();
  readonly #quick: Line<Watched>;
  readonly #slow: Line<Watched>;
  readonly #passes: Passes;
  readonly #stopping = new AbortController();
  readonly counts = { looks: 0, failed: 0, late: 0 };
  #isRunning = false;
  #lateAt: number | undefined;

  constructor(parts: LookingParts) {
    this.#parts = parts;
    const { clock, usedMs } = parts;
    const line = () =>
      new Line<Watched>({
        ...{ clock, usedMs },
        isBusy: ({ isLooking }) => isLooking,
        serve: (watched) => this.#served(watched),
      });
    this.#quick = line();
    this.#slow = line();
    this.#passes = new Passes({ clock, run: async () => this.#changed() });
  }

  all(): readonly Looked[] {
    return [...this.#watched.values()];
  }

  get(id: string): Alert | undefined {
    return this.#watched.get(id)?.alert;
  }

  get size(): number {
    return this.#watched.size;
  }

  /** In place of one with the same id. */
  watch(alert: Alert): void {
    this.forget(alert.UUID);
    const trigger = triggerOf(alert.Trigger);
    const watched: Watched = {
      ...{ alert, everyMs: trigger.kind === 'interval' ? trigger.everyMs : undefined },
      ...{ cancel: undefined, again: undefined, isLooking: false, dueAt: 0 },
      ...{ lookedAt: undefined, tookMs: 0, lateMs: undefined, error: undefined },
    };
    this.#watched.set(alert.UUID, watched);
    if (!this.#isRunning) return;
    this.#begin(watched);
    if (watched.everyMs === undefined) this.#passes.due();
  }

  forget(id: string): void {
    const watched = this.#watched.get(id);
    if (watched) this.#unschedule(watched);
    this.#watched.delete(id);
  }

  run(isRunning: boolean): void {
    this.#isRunning = isRunning;
    for (const watched of this.#watched.values())
      if (isRunning) this.#begin(watched);
      else this.#unschedule(watched);
    if (isRunning) this.#passes.due();
  }

  /** Something has changed. */
  due(): void {
    if (this.#isRunning && this.#watched.size > 0) this.#passes.due();
  }

  /** Epoch ms. */
  lookAgain(id: string, at: number): void {
    const watched = this.#watched.get(id);
    if (watched === undefined || !this.#isRunning) return;
    watched.again?.();
    watched.again = this.#parts.clock.after(Math.max(1, at - this.#parts.clock.now()), () => {
      watched.again = undefined;
      this.#lineUp(watched);
    });
  }

  async stop(): Promise<void> {
    this.run(false);
    this.#stopping.abort();
    await this.#passes.stop();
    await Promise.all([this.#quick.stop(), this.#slow.stop()]);
  }

  /** Not all at the same moment: those that are as often begin at different times of their interval. */
  #begin(watched: Watched): void {
    if (watched.everyMs !== undefined) this.#schedule(watched, watched.everyMs * this.#parts.random());
  }

  #schedule(watched: Watched, delayMs: number): void {
    watched.cancel?.();
    watched.cancel = this.#parts.clock.after(Math.max(1, delayMs), () => {
      watched.cancel = undefined;
      this.#lineUp(watched);
    });
  }

  #unschedule(watched: Watched): void {
    watched.cancel?.();
    watched.again?.();
    watched.cancel = undefined;
    watched.again = undefined;
    this.#quick.leave(watched);
    this.#slow.leave(watched);
  }

  #changed(): void {
    for (const watched of this.#watched.values()) if (watched.everyMs === undefined) this.#lineUp(watched);
  }

  #lineUp(watched: Watched): void {
    if (!this.#isRunning || this.#quick.has(watched) || this.#slow.has(watched)) return;
    watched.dueAt = this.#parts.clock.now();
    (watched.tookMs > SLOW_MS ? this.#slow : this.#quick).add(watched);
  }

  async #served(watched: Watched): Promise<void> {
    await this.#look(watched);
    const { everyMs } = watched;
    if (everyMs !== undefined && this.#isCurrent(watched)) this.#schedule(watched, everyMs);
  }

  async #look(watched: Watched): Promise<void> {
    const { clock, lookMs, look, seen } = this.#parts;
    watched.isLooking = true;
    const startedAt = clock.now();
    this.#late(watched, startedAt);
    const late = new AbortController();
    const cancel = clock.after(lookMs, () =>
      late.abort(mistake('alert.late', `it took more than ${lookMs / 1000} s to look`)),
    );
    let reason: Reason | undefined;
    try {
      this.counts.looks++;
      reason = await look(watched.alert.Expression, AbortSignal.any([late.signal, this.#stopping.signal]));
      this.#worked(watched);
    } catch (error) {
      this.#failed(watched, late.signal.aborted ? late.signal.reason : error);
      return;
    } finally {
      cancel();
      watched.isLooking = false;
      watched.lookedAt = startedAt;
      watched.tookMs = clock.now() - startedAt;
    }
    if (this.#isCurrent(watched)) seen(watched, reason);
  }

  #late(watched: Watched, now: number): void {
    const lateMs = now - watched.dueAt;
    const isLate = lateMs > Math.max(LATE_MS, watched.everyMs ?? 0);
    watched.lateMs = isLate ? lateMs : undefined;
    const { log } = this.#parts;
    if (isLate) {
      this.counts.late++;
      if (this.#lateAt === undefined)
        log.warn(
          `alerts are looked at late: conditions take more than their share of the time (${this.#watched.size} alerts; ${nameOf(watched.alert)} waited for ${(lateMs / 1_000).toFixed(1)} s)`,
        );
      this.#lateAt = now;
    } else if (this.#lateAt !== undefined && now - this.#lateAt > LATE_OVER_MS) {
      this.#lateAt = undefined;
      log.info('alerts are looked at in time again');
    }
  }

  #worked(watched: Watched): void {
    if (watched.error !== undefined) this.#parts.log.info(`alert ${nameOf(watched.alert)} can be looked at again`);
    watched.error = undefined;
  }

  #failed(watched: Watched, error: Error): void {
    if (this.#stopping.signal.aborted) return;
    this.counts.failed++;
    if (watched.error === undefined)
      this.#parts.log.warn(`alert ${nameOf(watched.alert)} cannot be looked at: ${error.message}`);
    watched.error = error.message;
    if (this.#isCurrent(watched)) this.#parts.failed(watched, error.message);
    const againMs = watched.everyMs ?? Number.POSITIVE_INFINITY;
    if (againMs > FAILED_AGAIN_MS && this.#isCurrent(watched))
      this.lookAgain(watched.alert.UUID, this.#parts.clock.now() + FAILED_AGAIN_MS);
  }

  /** It may have been deleted, or replaced, meanwhile. */
  #isCurrent(watched: Watched): boolean {
    return this.#isRunning && this.#watched.get(watched.alert.UUID) === watched;
  }
}

function nameOf({ Name, UUID }: Alert): string {
  return Name ?? UUID;
}
