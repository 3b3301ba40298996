/** Writes batches of flows into the tables. Transactions are the caller's: after a rollback it calls `forget`. */
import type { DatabaseSync } from 'node:sqlite';
import { Texts } from '../texts.ts';
import { type PackedFlowBatch, readPackets } from './batch.ts';
import { type FlowRow, readRows } from './rows.ts';
import { classOf, HOUR_MS, hourOf } from './time.ts';
import type { TotalsRow } from './totals.ts';

/** How far the start of a flow can move back. */
const LATE_MS_MAX = 60_000;

export class FlowAppends {
  readonly #totals: TotalsRow;
  readonly #texts: Texts;
  readonly #sql: ReturnType<typeof statements>;

  constructor(db: DatabaseSync, totals: TotalsRow) {
    this.#totals = totals;
    this.#texts = new Texts(db, { table: 'texts', number: 'number', text: 'text' });
    this.#sql = statements(db);
  }

  /** Does nothing when the batch was there already. */
  append({ writer, n, flows, packets, losses }: PackedFlowBatch): void {
    let newest = this.#totals.now.last ?? 0;
    const numbers = flows.texts.map((text) => this.#texts.numberOf(text));
    if (this.#sql.hear.run(writer, n, 0).changes === 0) return;
    for (const row of readRows(flows)) {
      this.#write(row, numbers);
      if (row.last > newest) newest = row.last;
    }
    for (const { uuid, place, time, length, linkType, data } of readPackets(packets)) {
      if (this.#sql.packetOf.get(uuid, place)) continue;
      this.#sql.packet.run(uuid, place, time, length, linkType, data);
      this.#totals.now.packets++;
      this.#totals.saw(time, time);
    }
    for (const [from, to, words] of losses) this.#sql.loss.run(from, to, words);
    this.#sql.heard.run(newest, writer);
    this.#totals.write();
  }

  /** Numbers given since the last commit are not in the tables. */
  forget(): void {
    this.#texts.forget();
    this.#totals.reread();
  }

  #write(row: FlowRow, texts: readonly number[]): void {
    const known = this.#find(row);
    if (known && this.#isRepeated(row, known)) return;
    if (known) this.#update(row, known, texts);
    else this.#add(row, texts);
    this.#totals.saw(row.start, row.last);
  }

  /** A packet that came late can move the start back, and over the hour. */
  #find({ start, uuid }: FlowRow): Known | undefined {
    const hour = hourOf(start);
    const known = this.#sql.find.get(hour, uuid);
    if (known || start < (hour + 1) * HOUR_MS - LATE_MS_MAX) return known as unknown as Known | undefined;
    return this.#sql.find.get(hour + 1, uuid) as unknown as Known | undefined;
  }

  /** Told again by a writer that has another name since: its last point, or one before, is this one. */
  #isRepeated({ last, newest }: FlowRow, known: Known): boolean {
    if (last > known.last || newest.length === 0) return false;
    if (known.newest !== null && isSame(newest, known.newest)) return true;
    for (let head = known.point; head !== null; ) {
      const before = this.#sql.pointOf.get(head) as unknown as Before | undefined;
      if (!before) return false;
      if (isSame(newest, before.metric)) return true;
      head = before.prev;
    }
    return false;
  }

  #add(row: FlowRow, texts: readonly number[]): void {
    const { now } = this.#totals;
    now.flows++;
    if (row.newest.length > 0) now.points++;
    this.#sql.add.run(
      now.nextFlow++,
      row.uuid,
      row.tracking,
      row.start,
      row.last,
      classOf(row.last - row.start),
      texts[row.node] ?? null,
      texts[row.capture] ?? null,
      texts[row.layers] ?? null,
      texts[row.application] ?? null,
      row.a ?? null,
      row.b ?? null,
      row.aPort ?? null,
      row.bPort ?? null,
      row.details,
      row.newest.length > 0 ? row.newest : null,
      row.more === '' ? null : row.more,
    );
  }

  #update(row: FlowRow, { flow, start, class: knownClass, point, newest }: Known, texts: readonly number[]): void {
    const { now } = this.#totals;
    let head = point;
    const isPoint = row.newest.length > 0;
    if (isPoint) now.points++;
    if (isPoint && newest !== null) {
      this.#sql.point.run(now.nextPoint, flow, point, newest);
      head = now.nextPoint++;
    }
    const lengthClass = classOf(row.last - row.start);
    const values = [
      row.last,
      texts[row.layers] ?? null,
      texts[row.application] ?? null,
      row.a ?? null,
      row.b ?? null,
      row.aPort ?? null,
      row.bPort ?? null,
      row.details,
      isPoint ? row.newest : newest,
      row.more === '' ? null : row.more,
      head,
    ] as const;
    // Indexes are written for what is set, changed or not: most updates leave start and class as they were.
    if (lengthClass === knownClass && row.start === start) this.#sql.update.run(...values, flow);
    else this.#sql.updateTime.run(...values, row.start, lengthClass, flow);
  }
}

interface Known {
  readonly flow: number;
  readonly start: number;
  readonly last: number;
  readonly class: number;
  readonly point: number | null;
  readonly newest: Uint8Array | null;
}

interface Before {
  readonly prev: number | null;
  readonly metric: Uint8Array;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function statements(db: DatabaseSync) {
  const set = `last = ?, layers = ?, application = ?, a = ?, b = ?, a_port = ?, b_port = ?, details = ?, newest = ?,
    more = ?, point = ?`;
  return {
    hear: db.prepare(`insert into writers (writer, n, last) values (?, ?, ?)
      on conflict (writer) do update set n = excluded.n where excluded.n > n`),
    heard: db.prepare('update writers set last = max(last, ?) where writer = ?'),
    find: db.prepare('select flow, start, last, class, point, newest from flows where hour = ? and uuid = ?'),
    add: db.prepare(`insert into flows (flow, uuid, tracking, start, last, class, node, capture, layers, application,
      a, b, a_port, b_port, details, newest, more) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    update: db.prepare(`update flows set ${set} where flow = ?`),
    updateTime: db.prepare(`update flows set ${set}, start = ?, class = ? where flow = ?`),
    point: db.prepare('insert into points (point, flow, prev, metric) values (?, ?, ?, ?)'),
    pointOf: db.prepare('select prev, metric from points where point = ?'),
    packetOf: db.prepare('select 1 from packets where uuid = ? and place = ?'),
    packet: db.prepare(`insert into packets (uuid, place, time, length, link_type, data)
      values (?, ?, ?, ?, ?, ?)`),
    loss: db.prepare('insert into losses (first, last, words) values (?, ?, ?)'),
  };
}
