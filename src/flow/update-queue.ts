/** Flows that changed, in the order of their first change: in each period each of them is told once. */
import { row as r, state } from './row.ts';
import type { FlowStore } from './store.ts';

export class UpdateQueue {
  readonly #store: FlowStore;
  readonly #periodMs: number;
  #first = 0;
  #last = 0;
  /** When the next period is over; undefined before the first word of time. */
  #nextMs: number | undefined;
  /** The last that changed in the period that is being told; 0: all of it was. */
  #until = 0;

  constructor(store: FlowStore, periodMs: number) {
    this.#store = store;
    this.#periodMs = periodMs;
  }

  /** The first period starts with the first call. */
  start(nowMs: number): void {
    this.#nextMs ??= nowMs + this.#periodMs;
  }

  /** It changed. */
  add(row: number): void {
    const { rows } = this.#store;
    const flags = this.#store.state(row);
    if (flags & state.queued) return;
    this.#store.setState(row, flags | state.queued);
    rows.set(row, r.queued, 0);
    if (this.#last === 0) this.#first = row;
    else rows.set(this.#last, r.queued, row);
    this.#last = row;
  }

  /** One to be told now, which may have ended since; 0 for none. */
  due(nowMs: number): number {
    const next = this.#nextMs ?? nowMs;
    if (this.#until === 0 && nowMs >= next) {
      this.#until = this.#last;
      // In step with the periods before, unless they lie far behind.
      const following = next + this.#periodMs;
      this.#nextMs = following > nowMs ? following : nowMs + this.#periodMs;
    }
    // A clock that was set back does not silence flows for longer than a period.
    else if (next - nowMs > this.#periodMs) this.#nextMs = nowMs + this.#periodMs;
    if (this.#until === 0) return 0;
    const row = this.#first;
    const { rows } = this.#store;
    this.#first = rows.get(row, r.queued);
    if (this.#first === 0) this.#last = 0;
    if (row === this.#until) this.#until = 0;
    rows.set(row, r.queued, 0);
    this.#store.setState(row, this.#store.state(row) & ~state.queued);
    return row;
  }
}
