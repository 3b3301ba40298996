/** Growing old: what is due and when, and forgetting what is too old or too much; in slices of some milliseconds. */
import type { DatabaseSync } from 'node:sqlite';
import type { FlowKeeping } from '../../flow-keeping.ts';
import { Room } from '../room.ts';
import { levels, periodOf } from './levels.ts';
import { Rolling } from './rolling.ts';
import { classesIn } from './search.ts';
import { shortest } from './time.ts';
import type { TotalsRow } from './totals.ts';

/** Rows in one slice. */
const SLICE_ROWS = 1_000;

/** One flow can have much that goes with it. */
const SLICE_MS_MAX = 20;

/** A size pass forgets this part of the time kept; twice as much when the last one found nothing. */
const SIZE_STEP = 1 / 50;

/** Losses that are kept: what was lost while nobody looked must not fill the disk. */
const LOSSES_MAX = 200_000;

/** Looks for what is old are so far apart. */
const LOOK_MS = 1_000;

/** After a pass that failed. */
const REST_MS = 500;

export class Aging {
  readonly #db: DatabaseSync;
  readonly #totals: TotalsRow;
  readonly #ages: FlowKeeping['ages'];
  readonly #room: Room;
  readonly #rolling: Rolling;
  readonly #now: () => number;
  readonly #sql: ReturnType<typeof statements>;
  #step = SIZE_STEP;
  #nextLookMs = 0;

  constructor(
    db: DatabaseSync,
    totals: TotalsRow,
    { ages, maxBytes, now }: { ages: FlowKeeping['ages']; maxBytes: number; now: () => number },
  ) {
    this.#db = db;
    this.#totals = totals;
    this.#ages = ages;
    this.#room = new Room(db, maxBytes);
    this.#rolling = new Rolling(db, totals);
    this.#now = now;
    this.#sql = statements(db);
  }

  /** A pass when it is time for one. `nowMs` is from a clock that does not go back. */
  due(nowMs: number): Generator<void> | undefined {
    const { first, last } = this.#totals.now;
    if (first === null || last === null) return undefined;
    const isFull = this.#room.isFull;
    if (nowMs < this.#nextLookMs && !(isFull && first < last)) return undefined;
    this.#nextLookMs = nowMs + LOOK_MS;
    return this.#pass();
  }

  /** Nothing is due for a while: the last pass failed. */
  rest(nowMs: number): void {
    this.#nextLookMs = nowMs + REST_MS;
  }

  /** Forgets what ended before. */
  *before(time: number): Generator<void, number> {
    const { last } = this.#totals.now;
    if (last === null) return 0;
    // What is told as kept is there as a whole, so first the beginning moves.
    const cutoff = Math.min(time, last);
    this.#transaction(() => this.#forgetUntil(cutoff));
    // Points first: they lie together, and of flows that go on what was then goes too.
    let gone = yield* this.#rolling.points(cutoff, false);
    for (const level of levels.keys()) gone += yield* this.#rolling.level(level, cutoff, false);
    gone += (yield* this.#flowsBefore(cutoff)) + (yield* this.#packetsBefore(cutoff));
    this.#transaction(() => this.#sql.dropLosses.run(cutoff, LOSSES_MAX));
    return gone;
  }

  *#pass(): Generator<void> {
    const { last } = this.#totals.now;
    // A clock that once ran ahead must not make everything look old forever.
    const now = Math.min(last ?? 0, this.#now());
    const { flowsMs, rawPacketsMs, pointsMs } = this.#ages;
    yield* this.#rolling.points(now - pointsMs, true);
    for (const [level, ageMs] of this.#levelAges.entries())
      yield* this.#rolling.level(level, now - ageMs, level + 1 < levels.length);
    yield* this.#packetsBefore(now - rawPacketsMs);
    this.#transaction(() => this.#sql.dropLosses.run(now - flowsMs, LOSSES_MAX));
    if ((this.#totals.now.first ?? now) < now - flowsMs) yield* this.before(now - flowsMs);
    yield* this.#bySize();
  }

  get #levelAges(): readonly number[] {
    return [this.#ages.points1mMs, this.#ages.points5mMs, this.#ages.points1hMs];
  }

  *#bySize(): Generator<void> {
    while (this.#room.isFull) {
      const { first, last } = this.#totals.now;
      if (first === null || last === null || first >= last) break;
      const gone = yield* this.before(first + Math.max(1, Math.ceil((last - first) * this.#step)));
      this.#step = gone > 0 ? SIZE_STEP : Math.min(1, this.#step * 2);
    }
    yield* this.#room.shrink();
  }

  *#flowsBefore(cutoff: number): Generator<void, number> {
    let gone = 0;
    for (const lengthClass of classesIn(this.#db))
      for (let count = 1; count > 0; gone += count) {
        count = this.#transaction(() => this.#flowsSlice(lengthClass, cutoff));
        yield;
      }
    return gone;
  }

  #flowsSlice(lengthClass: number, cutoff: number): number {
    const startMax = Math.floor(cutoff - shortest(lengthClass));
    const rows = this.#sql.oldFlows.all(lengthClass, startMax, Math.ceil(cutoff), SLICE_ROWS) as unknown as OldFlow[];
    const { now } = this.#totals;
    const periods = this.#periods();
    const until = performance.now() + SLICE_MS_MAX;
    let gone = 0;
    for (const { flow, start, last, point, has_newest } of rows) {
      if (point !== null) {
        now.points -= Number(this.#sql.dropChain.run(point).changes);
        for (const [level, kept] of periods.entries())
          for (
            let period = Math.max(kept.first, periodOf(level, start));
            period <= Math.min(kept.last, periodOf(level, last));
            period++
          )
            now.points -= Number(this.#sql.dropRolls.run(level, period, flow).changes);
      }
      now.points -= has_newest;
      this.#sql.dropFlow.run(flow);
      gone++;
      if (performance.now() > until) break;
    }
    now.flows -= gone;
    this.#totals.write();
    return gone;
  }

  *#packetsBefore(cutoff: number): Generator<void, number> {
    let gone = 0;
    let count = 1;
    while (count > 0) {
      count = this.#transaction(() => {
        const changes = Number(this.#sql.dropPackets.run(cutoff, SLICE_ROWS).changes);
        this.#totals.now.packets -= changes;
        this.#totals.write();
        return changes;
      });
      gone += count;
      yield;
    }
    return gone;
  }

  #periods(): { first: number; last: number }[] {
    return levels.map((_, level) => {
      const row = this.#sql.periods.get(level, level);
      return { first: Number(row?.first ?? 0), last: Number(row?.last ?? -1) };
    });
  }

  #forgetUntil(cutoff: number): void {
    const { now } = this.#totals;
    if (now.first !== null && now.first < cutoff) now.first = cutoff;
    this.#sql.dropWriters.run(cutoff);
    this.#totals.write();
  }

  #transaction<T>(work: () => T): T {
    return this.#totals.change(this.#db, work);
  }
}

interface OldFlow {
  readonly flow: number;
  readonly start: number;
  readonly last: number;
  readonly point: number | null;
  readonly has_newest: number;
}

function statements(db: DatabaseSync) {
  return {
    oldFlows: db.prepare(`select flow, start, last, point, newest is not null as has_newest from flows
      indexed by flows_time where class = ? and start <= ? and last < ? order by start limit ?`),
    dropFlow: db.prepare('delete from flows where flow = ?'),
    dropChain: db.prepare(`delete from points where point in (with recursive chain (point) as (
        select point from points where point = ?
        union all
        select p.prev from chain c join points p on p.point = c.point where p.prev is not null
      ) select point from chain)`),
    dropRolls: db.prepare('delete from rolls where level = ? and period = ? and flow = ?'),
    dropPackets: db.prepare(`delete from packets where time < ?
      and packet in (select packet from packets order by packet limit ?)`),
    dropLosses: db.prepare('delete from losses where last < ? or loss <= (select max(loss) from losses) - ?'),
    dropWriters: db.prepare('delete from writers where last < ?'),
    periods: db.prepare(`select (select min(period) from rolls where level = ?) as first,
      (select max(period) from rolls where level = ?) as last`),
  };
}
