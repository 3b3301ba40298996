/** When flows end: a list for each timeout, the one idle longest first, so that time costs nothing while it passes. */
import { isFinished } from './merge.ts';
import type { FlowLife } from './place.ts';
import { row as r, state } from './row.ts';
import { RowList } from './row-list.ts';
import type { FlowStore } from './store.ts';

interface Age {
  readonly timeoutMs: number;
  readonly flows: RowList;
}

/** The list of those that have seen FIN or RST, and that of all others without a time of their own: seen once, and again. */
const FINISHED = 0;
const ONCE = 1;
const OTHERS = 2;
/** Who was silent for so long does not talk. */
const QUIET_MS = 30_000;

export class FlowAges {
  readonly #store: FlowStore;
  readonly #ages: Age[];
  /** By application, in upper case as configurations may not have it. */
  readonly #ofApplication = new Map<string, number>();

  constructor(store: FlowStore, life: FlowLife) {
    this.#store = store;
    this.#ages = [this.#age(life.finishedMs), this.#age(life.expireMs), this.#age(life.expireMs)];
    for (const [name, timeoutMs] of Object.entries(life.applicationMs)) {
      let at = this.#ages.findIndex((age, i) => i >= OTHERS && age.timeoutMs === timeoutMs);
      if (at < 0) at = this.#ages.push(this.#age(timeoutMs)) - 1;
      this.#ofApplication.set(name.toUpperCase(), at);
    }
    if (this.#ages.length > state.ageMask + 1) {
      throw new RangeError(`applications have at most ${state.ageMask - 2} different times to live`);
    }
  }

  /** `talks`: it is not one of a flood. */
  add(row: number, application: string, nowMs: number, talks: boolean): void {
    const known = this.#ofApplication.get(application.toUpperCase()) ?? (talks ? OTHERS : ONCE);
    this.#append(row, isFinished(this.#store, row) ? FINISHED : known, nowMs);
  }

  /** It was seen again. After FIN or RST that does not make it younger. */
  touch(row: number, nowMs: number, talks: boolean): void {
    const before = this.#ageOf(row);
    if (before === FINISHED) return;
    const at = before === ONCE && talks ? OTHERS : before;
    this.#listOf(before).remove(row);
    this.#append(row, isFinished(this.#store, row) ? FINISHED : at, nowMs);
  }

  /** Whether it is not one of a flood. */
  talks(row: number): boolean {
    return this.#ageOf(row) !== ONCE;
  }

  remove(row: number): void {
    this.#listOf(this.#ageOf(row)).remove(row);
  }

  /** One whose time is up; 0 for none. */
  over(nowMs: number): number {
    for (const { timeoutMs, flows } of this.#ages) {
      if (flows.first !== 0 && this.#idleMs(flows.first, nowMs) >= timeoutMs) return flows.first;
    }
    return 0;
  }

  /**
   * The one idle longest; 0 for none. Before one that talks goes one that was seen once: they make up a flood, and it
   * should not sweep away who talks.
   */
  oldest(nowMs: number): number {
    let oldest = 0;
    for (const { flows } of this.#ages) {
      if (flows.first !== 0 && (oldest === 0 || this.#idleMs(flows.first, nowMs) > this.#idleMs(oldest, nowMs))) {
        oldest = flows.first;
      }
    }
    const { first } = this.#listOf(ONCE);
    return first !== 0 && oldest !== 0 && this.#idleMs(oldest, nowMs) < QUIET_MS ? first : oldest;
  }

  #append(row: number, at: number, nowMs: number): void {
    const store = this.#store;
    const others = store.state(row) & ~(state.ageMask << state.ageShift);
    store.setState(row, others | (at << state.ageShift));
    store.rows.set(row, r.touched, Math.floor(nowMs) >>> 0);
    this.#listOf(at).append(row);
  }

  /** A clock that was set back makes nothing old. */
  #idleMs(row: number, nowMs: number): number {
    const idle = (Math.floor(nowMs) - this.#store.rows.get(row, r.touched)) >>> 0;
    return idle > 0x7fff_ffff ? 0 : idle;
  }

  #ageOf(row: number): number {
    return (this.#store.state(row) >>> state.ageShift) & state.ageMask;
  }

  #listOf(at: number): RowList {
    return (this.#ages[at] as Age).flows;
  }

  #age(timeoutMs: number): Age {
    return { timeoutMs, flows: new RowList(this.#store.rows, r.ageBefore) };
  }
}
