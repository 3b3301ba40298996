/** When each condition is looked at: after changes of the graph, again and again, or at a moment; never twice at once. */
import type { Clock } from '../std/clock.ts';
import { mistake } from '../std/mistake.ts';
import { Passes } from '../std/passes.ts';
import type { Alert } from './alert.ts';
import type { Reason } from './standing.ts';
import { triggerOf } from './trigger.ts';

export interface LookingParts {
  /** What a condition finds now; undefined: nothing. Rejects when that cannot be known. */
  readonly look: (expression: string, signal: AbortSignal) => Promise<Reason | undefined>;
  readonly seen: (looked: Looked, reason: Reason | undefined) => void;
  readonly clock: Clock;
  /** Resolves when others had their turn. */
  readonly turn: () => Promise<void>;
  readonly log: { warn(text: string): void };
  /** For looking at one condition. ms */
  readonly lookMs: number;
}

/** One alert, and how looking at it went. */
export interface Looked {
  readonly alert: Alert;
  /** Epoch ms. */
  readonly lookedAt: number | undefined;
  readonly tookMs: number;
  readonly error: string | undefined;
}

/** Looks that follow each other hold up nothing else for longer. */
const SLICE_MS = 10;

interface Watched {
  readonly alert: Alert;
  readonly everyMs: number | undefined;
  cancel: (() => void) | undefined;
  again: (() => void) | undefined;
  isLooking: boolean;
  lookedAt: number | undefined;
  tookMs: number;
  error: string | undefined;
}

export class Looking {
  readonly #parts: LookingParts;
  readonly #watched = new Map<string, Watched>();
  readonly #passes: Passes;
  readonly #stopping = new AbortController();
  readonly counts = { looks: 0, failed: 0 };
  #isRunning = false;

  constructor(parts: LookingParts) {
    this.#parts = parts;
    this.#passes = new Passes({ clock: parts.clock, run: () => this.#pass() });
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
      ...{ cancel: undefined, again: undefined, isLooking: false, lookedAt: undefined, tookMs: 0, error: undefined },
    };
    this.#watched.set(alert.UUID, watched);
    if (!this.#isRunning) return;
    this.#schedule(watched);
    if (watched.everyMs === undefined) this.#passes.due();
  }

  forget(id: string): void {
    const watched = this.#watched.get(id);
    if (watched) unschedule(watched);
    this.#watched.delete(id);
  }

  run(isRunning: boolean): void {
    this.#isRunning = isRunning;
    for (const watched of this.#watched.values())
      if (isRunning) this.#schedule(watched);
      else unschedule(watched);
    if (isRunning) this.#passes.due();
  }

  /** Something has changed. */
  due(): void {
    if (this.#isRunning && this.#watched.size > 0) this.#passes.due();
  }

  /** Epoch ms. */
  lookAgain(id: string, at: number): void {
    const watched = this.#watched.get(id);
    if (watched === undefined) return;
    watched.again?.();
    watched.again = this.#parts.clock.after(Math.max(1, at - this.#parts.clock.now()), () => {
      watched.again = undefined;
      void this.#look(watched);
    });
  }

  async stop(): Promise<void> {
    this.run(false);
    this.#stopping.abort();
    await this.#passes.stop();
  }

  #schedule(watched: Watched): void {
    if (watched.everyMs === undefined) return;
    watched.cancel?.();
    watched.cancel = this.#parts.clock.after(watched.everyMs, () => {
      void this.#look(watched).then(() => {
        if (this.#isCurrent(watched)) this.#schedule(watched);
      });
    });
  }

  async #pass(): Promise<void> {
    const { clock, turn } = this.#parts;
    let sinceMs = clock.now();
    for (const watched of [...this.#watched.values()]) {
      if (!this.#isRunning) return;
      if (watched.everyMs === undefined) await this.#look(watched);
      if (clock.now() - sinceMs < SLICE_MS) continue;
      await turn();
      sinceMs = clock.now();
    }
  }

  async #look(watched: Watched): Promise<void> {
    const { clock, lookMs, look, seen } = this.#parts;
    if (watched.isLooking) return;
    watched.isLooking = true;
    const startedAt = clock.now();
    const late = new AbortController();
    const cancel = clock.after(lookMs, () =>
      late.abort(mistake('alert.late', `it took more than ${lookMs / 1000} s to look`)),
    );
    let reason: Reason | undefined;
    try {
      this.counts.looks++;
      reason = await look(watched.alert.Expression, AbortSignal.any([late.signal, this.#stopping.signal]));
      watched.error = undefined;
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

  #failed(watched: Watched, error: Error): void {
    if (this.#stopping.signal.aborted) return;
    this.counts.failed++;
    const { Name, UUID } = watched.alert;
    if (watched.error === undefined)
      this.#parts.log.warn(`alert ${Name ?? UUID} cannot be looked at: ${error.message}`);
    watched.error = error.message;
  }

  /** It may have been deleted, or replaced, meanwhile. */
  #isCurrent(watched: Watched): boolean {
    return this.#isRunning && this.#watched.get(watched.alert.UUID) === watched;
  }
}

function unschedule(watched: Watched): void {
  watched.cancel?.();
  watched.again?.();
  watched.cancel = undefined;
  watched.again = undefined;
}
