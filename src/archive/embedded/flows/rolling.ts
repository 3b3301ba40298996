/** Points that grow old move into the slots of the first level, and slots into wider ones; or go. */
import type { DatabaseSync } from 'node:sqlite';
import type { FlowMetric } from '../../../flow/flow.ts';
import { ByteReader } from './bytes.ts';
import { endOf, metricOfRoll, periodOf, type RollRow, slotOf, together } from './levels.ts';
import { readMetric } from './record.ts';
import type { TotalsRow } from './totals.ts';

/** Rows, and points, in one slice. */
const SLICE_ROWS = 1_000;
const SLICE_POINTS = 4_000;

export class Rolling {
  readonly #db: DatabaseSync;
  readonly #totals: TotalsRow;
  readonly #sql: ReturnType<typeof statements>;

  constructor(db: DatabaseSync, totals: TotalsRow) {
    this.#db = db;
    this.#totals = totals;
    this.#sql = statements(db);
  }

  /**
   * Into slots, or away. Points lie in the order they came in: nothing behind the first young one is looked at.
   * Gives how many there were.
   */
  *points(cutoff: number, isKept: boolean): Generator<void, number> {
    let gone = 0;
    for (let count = SLICE_POINTS; count === SLICE_POINTS; gone += count) {
      const [oldest] = this.#sql.oldestPoints.all(1) as unknown as PointRow[];
      if (!oldest || pointOf(oldest).Last >= cutoff) break;
      count = this.#totals.change(this.#db, () => {
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
  *level(level: number, cutoff: number, isKept: boolean): Generator<void, number> {
    let gone = 0;
    for (let count = 1; count > 0; gone += count) {
      count = this.#totals.change(this.#db, () => {
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
    oldestPoints: db.prepare('select point, flow, metric from points order by point limit ?'),
    dropPoints: db.prepare('delete from points where point <= ?'),
    firstPeriod: db.prepare('select min(period) as period from rolls where level = ?'),
    rollsOf: db.prepare('select * from rolls where level = ? and period = ? order by flow, slot limit ?'),
    dropRollsTo: db.prepare('delete from rolls where level = ? and period = ? and (flow, slot) <= (?, ?)'),
    roll: db.prepare('select * from rolls where level = ? and period = ? and flow = ? and slot = ?'),
    putRoll: db.prepare(`insert or replace into rolls (level, period, flow, slot, start, last, ab_packets, ab_bytes,
      ba_packets, ba_bytes, rtt) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
  };
}
