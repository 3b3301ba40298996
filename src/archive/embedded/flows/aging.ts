/** Growing old: points move to wider slots, what is too old or too much is forgotten; in slices of some milliseconds. */
import type { DatabaseSync } from 'node:sqlite';
import type { FlowMetric } from '../../../flow/flow.ts';
import type { FlowKeeping } from '../../flow-keeping.ts';
import { ByteReader } from './bytes.ts';
import { endOf, levels, metricOfRoll, periodOf, type RollRow, slotOf, together } from './levels.ts';
import { readMetric } from './record.ts';
import { classesIn } from './search.ts';
import { shortest } from './time.ts';
import type { TotalsRow } from './totals.ts';

/** Rows in one slice. */
const SLICE_ROWS = 1_000;
const SLICE_POINTS = 4_000;

/** One flow can have much that goes with it. */
const SLICE_MS_MAX = 20;

/** Free pages given back to the file system in one slice, while the file is larger than it may be. */
const VACUUM_PAGES = 256;

/** Parts of `maxBytes`: what may be in use, and how large the file may be. The rest is for the log beside it. */
const USED_SHARE = 0.9;
const FILE_SHARE = 0.93;

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
  readonly #maxBytes: number;
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
    this.#maxBytes = maxBytes;
    this.#now = now;
    this.#sql = statements(db);
  }

  /** A pass when it is time for one. `nowMs` is from a clock that does not go back. */
  due(nowMs: number): Generator<void> | undefined {
    const { first, last } = this.#totals.now;
    if (first === null || last === null) return undefined;
    const isFull = this.#usedBytes() > this.#maxBytes * USED_SHARE;
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
    let gone = yield* this.#rollPoints(cutoff, false);
    for (const level of levels.keys()) gone += yield* this.#rollLevel(level, cutoff, false);
    gone += (yield* this.#flowsBefore(cutoff)) + (yield* this.#packetsBefore(cutoff));
    this.#transaction(() => this.#sql.dropLosses.run(cutoff, LOSSES_MAX));
    return gone;
  }

  *#pass(): Generator<void> {
    const { last } = this.#totals.now;
    // A clock that once ran ahead must not make everything look old forever.
    const now = Math.min(last ?? 0, this.#now());
    const { flowsMs, rawPacketsMs, pointsMs } = this.#ages;
    yield* this.#rollPoints(now - pointsMs, true);
    for (const [level, ageMs] of this.#levelAges.entries())
      yield* this.#rollLevel(level, now - ageMs, level + 1 < levels.length);
    yield* this.#packetsBefore(now - rawPacketsMs);
    this.#transaction(() => this.#sql.dropLosses.run(now - flowsMs, LOSSES_MAX));
    if ((this.#totals.now.first ?? now) < now - flowsMs) yield* this.before(now - flowsMs);
    yield* this.#bySize();
  }

  get #levelAges(): readonly number[] {
    return [this.#ages.points1mMs, this.#ages.points5mMs, this.#ages.points1hMs];
  }

  *#bySize(): Generator<void> {
    while (this.#usedBytes() > this.#maxBytes * USED_SHARE) {
      const { first, last } = this.#totals.now;
      if (first === null || last === null || first >= last) break;
      const gone = yield* this.before(first + Math.max(1, Math.ceil((last - first) * this.#step)));
      this.#step = gone > 0 ? SIZE_STEP : Math.min(1, this.#step * 2);
    }
    while (this.#mustShrink()) {
      this.#db.exec(`pragma incremental_vacuum(${VACUUM_PAGES})`);
      yield;
    }
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

  /**
   * Into slots, or away. Points lie in the order they came in: nothing behind the first young one is looked at.
   * Gives how many there were.
   */
  *#rollPoints(cutoff: number, isKept: boolean): Generator<void, number> {
    let gone = 0;
    for (let count = SLICE_POINTS; count === SLICE_POINTS; gone += count) {
      const [oldest] = this.#sql.oldestPoints.all(1) as unknown as PointRow[];
      if (!oldest || pointOf(oldest).Last >= cutoff) break;
      count = this.#transaction(() => {
        const old: PointRow[] = [];
        const slots = new Slots(0);
        for (const row of this.#sql.oldestPoints.all(SLICE_POINTS) as unknown as PointRow[]) {
          const point = pointOf(row);
          if (point.Last >= cutoff) break;
          old.push(row);
          if (isKept) slots.add(row.flow, point);
        }
        this.#totals.now.points -= Number(this.#sql.dropPoints.run(old.at(-1)?.point ?? 0).changes);
        this.#put(0, slots);
        this.#totals.write();
        return old.length;
      });
      yield;
    }
    return gone;
  }

  /** Into wider slots, or away. A period moves when it is over, and all of it is old. Gives how many slots there were. */
  *#rollLevel(level: number, cutoff: number, isKept: boolean): Generator<void, number> {
    let gone = 0;
    for (let count = 1; count > 0; gone += count) {
      count = this.#transaction(() => {
        const first = this.#sql.firstPeriod.get(level)?.period;
        if (typeof first !== 'number' || endOf(level, first) > cutoff) return 0;
        const rows = this.#sql.rollsOf.all(level, first, SLICE_ROWS) as unknown as (RollRow & SlotName)[];
        const end = rows.at(-1);
        if (!end) return 0;
        this.#totals.now.points -= Number(this.#sql.dropRollsTo.run(level, first, end.flow, end.slot).changes);
        if (isKept) {
          const slots = new Slots(level + 1);
          for (const row of rows) slots.add(row.flow, metricOfRoll(row));
          this.#put(level + 1, slots);
        }
        this.#totals.write();
        return rows.length;
      });
      yield;
    }
    return gone;
  }

  #put(level: number, slots: Slots): void {
    for (const { flow, slot, metric } of slots.all()) {
      const period = periodOf(level, metric.Start);
      const known = this.#sql.roll.get(level, period, flow, slot) as unknown as RollRow | undefined;
      const { ABPackets, ABBytes, BAPackets, BABytes, Start, Last, RTT } = known
        ? together(metricOfRoll(known), metric)
        : metric;
      if (!known) this.#totals.now.points++;
      this.#sql.putRoll.run(
        level,
        period,
        flow,
        slot,
        Start,
        Last,
        ABPackets,
        ABBytes,
        BAPackets,
        BABytes,
        RTT ?? null,
      );
    }
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
    this.#db.exec('begin immediate');
    try {
      const result = work();
      this.#db.exec('commit');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('rollback');
      this.#totals.reread();
      throw error;
    }
  }

  #usedBytes(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size');
  }

  #mustShrink(): boolean {
    const isLarge = this.#pragma('page_count') * this.#pragma('page_size') > this.#maxBytes * FILE_SHARE;
    return isLarge && this.#pragma('freelist_count') > 0;
  }

  #pragma(name: string): number {
    return Number(Object.values(this.#db.prepare(`pragma ${name}`).get() ?? {})[0]);
  }
}

/** Points of one slice, by flow and slot, in the order of the table. */
class Slots {
  readonly #level: number;
  readonly #found = new Map<number, Map<number, FlowMetric>>();

  constructor(level: number) {
    this.#level = level;
  }

  add(flow: number, metric: FlowMetric): void {
    const slot = slotOf(this.#level, metric.Start);
    const ofFlow = this.#found.get(flow) ?? new Map<number, FlowMetric>();
    const known = ofFlow.get(slot);
    ofFlow.set(slot, known ? together(known, metric) : metric);
    this.#found.set(flow, ofFlow);
  }

  *all(): Generator<SlotName & { readonly metric: FlowMetric }> {
    for (const flow of [...this.#found.keys()].sort((a, b) => a - b))
      for (const [slot, metric] of this.#found.get(flow) ?? []) yield { flow, slot, metric };
  }
}

interface SlotName {
  readonly flow: number;
  readonly slot: number;
}

interface OldFlow {
  readonly flow: number;
  readonly start: number;
  readonly last: number;
  readonly point: number | null;
  readonly has_newest: number;
}

interface PointRow {
  readonly point: number;
  readonly flow: number;
  readonly metric: Uint8Array;
}

function pointOf({ metric }: PointRow): FlowMetric {
  return readMetric(new ByteReader(metric), 0);
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
    oldestPoints: db.prepare('select point, flow, metric from points order by point limit ?'),
    dropPoints: db.prepare('delete from points where point <= ?'),
    firstPeriod: db.prepare('select min(period) as period from rolls where level = ?'),
    periods: db.prepare(`select (select min(period) from rolls where level = ?) as first,
      (select max(period) from rolls where level = ?) as last`),
    rollsOf: db.prepare('select * from rolls where level = ? and period = ? order by flow, slot limit ?'),
    dropRollsTo: db.prepare('delete from rolls where level = ? and period = ? and (flow, slot) <= (?, ?)'),
    roll: db.prepare('select * from rolls where level = ? and period = ? and flow = ? and slot = ?'),
    putRoll: db.prepare(`insert or replace into rolls (level, period, flow, slot, start, last, ab_packets, ab_bytes,
      ba_packets, ba_bytes, rtt) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
  };
}
