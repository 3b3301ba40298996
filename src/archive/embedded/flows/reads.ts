/** Answers about flows, each in slices of a few milliseconds, so that appends can go between them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FlowMetric } from '../../../flow/flow.ts';
import type { Span } from '../../../flow/view.ts';
import { mistake } from '../../../std/mistake.ts';
import type { Address } from './address.ts';
import type { FindAsk, FlowAnswer, FlowName, Pushed } from './ask.ts';
import { ByteReader, ByteWriter, integerOf } from './bytes.ts';
import { Conditions } from './conditions.ts';
import { levels, metricOfRoll, periodOf, type RollRow } from './levels.ts';
import { readMetric, writeMetric } from './record.ts';
import { RowWriter } from './rows.ts';
import { classesIn, hoursIn, Search } from './search.ts';
import { TextsByNumber } from './texts-by-number.ts';
import { hourOf, longerThan } from './time.ts';

/** Searches whose next page is looked for where the last one ended; of others it is looked for again. */
const SEARCHES_MAX = 16;

/** One slice: rows counted, and how long flows are looked up. */
const COUNT_ROWS = 10_000;
const SLICE_MS = 5;

/** Of points, about 20 bytes each, and of packets in one answer. */
const POINT_BYTES_MAX = 16 * 2 ** 20;
const PACKET_BYTES_MAX = 64 * 2 ** 20;

const LOSSES_MAX = 10_000;

export class FlowReads {
  readonly #db: DatabaseSync;
  readonly #conditions: Conditions;
  readonly #texts: TextsByNumber;
  readonly #searches = new Map<number, Search>();
  readonly #sql: ReturnType<typeof statements>;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#conditions = new Conditions(db);
    this.#texts = new TextsByNumber(db);
    this.#sql = statements(db);
  }

  *find({ search: id, ...ask }: FindAsk): Generator<void, FlowAnswer> {
    let search = this.#searches.get(id);
    this.#searches.delete(id);
    search ??= new Search(this.#db, this.#conditions, ask);
    const page: number[] = [];
    yield* search.fill(page, ask.rowsMax);
    const rows = new RowWriter();
    for (const flow of page) {
      const row = this.#sql.row.get(flow) as unknown as Row | undefined;
      if (row) this.#write(row, rows);
    }
    if (page.length < ask.rowsMax) return { flows: rows.packed };
    this.#searches.set(id, search);
    for (const oldest of this.#searches.keys()) {
      if (this.#searches.size <= SEARCHES_MAX) break;
      this.#searches.delete(oldest);
    }
    return { flows: rows.packed, next: search.position };
  }

  *count(time: Span, where: readonly Pushed[]): Generator<void, FlowAnswer> {
    const isById = where.some((condition) =>
      condition.every(({ column }) => ['uuid', 'tracking', 'node'].includes(column)),
    );
    if (isById) return { count: yield* this.#countFound(time, where) };
    const filter = this.#conditions.sqlOf(where);
    let count = 0;
    if (!filter) return { count };
    const stretch = `from flows indexed by flows_time where class = ? and (start, flow) > (?, ?) and start <= ?
      order by start, flow`;
    const slice = this.#db.prepare(`select count(*) as n from (select * ${stretch} limit ?)
      where last >= ?${filter.text}`);
    const place = this.#db.prepare(`select start, flow ${stretch} limit 1 offset ?`);
    for (const lengthClass of classesIn(this.#db)) {
      let at: { start: number; flow: number } | undefined = {
        start: Math.floor(clamp(time.from - longerThan(lengthClass))) - 1,
        flow: Number.MAX_SAFE_INTEGER,
      };
      while (at) {
        const from: readonly [number, number, number, number] = [lengthClass, at.start, at.flow, clamp(time.to)];
        count += Number(slice.get(...from, COUNT_ROWS, clamp(time.from), ...filter.values)?.n);
        at = place.get(...from, COUNT_ROWS - 1) as { start: number; flow: number } | undefined;
        yield;
      }
    }
    return { count };
  }

  *#countFound(time: Span, where: readonly Pushed[]): Generator<void, number> {
    const order = { by: 'start', isDescending: false } as const;
    const search = new Search(this.#db, this.#conditions, { time, where, order, after: undefined });
    const page: number[] = [];
    let count = 0;
    do {
      page.length = 0;
      yield* search.fill(page, COUNT_ROWS);
      count += page.length;
    } while (page.length === COUNT_ROWS);
    return count;
  }

  *metrics(names: readonly FlowName[], span: Span | undefined): Generator<void, FlowAnswer> {
    const into = new ByteWriter(names.length * 64);
    let until = performance.now() + SLICE_MS;
    for (const name of names) {
      const points = this.#pointsOf(name, span);
      into.number(points.length);
      for (const point of points) writeMetric(point, 0, into);
      if (into.length > POINT_BYTES_MAX)
        throw mistake(
          'archive.answer-too-long',
          `more than ${POINT_BYTES_MAX >> 20} MiB of points are kept of these flows`,
          'ask for fewer flows, or for a shorter time',
        );
      if (performance.now() < until) continue;
      yield;
      until = performance.now() + SLICE_MS;
    }
    return { metrics: into.written };
  }

  *packets(uuids: readonly string[], span: Span | undefined): Generator<void, FlowAnswer> {
    const into = new ByteWriter(4_096);
    let count = 0;
    const { from, to } = span ?? EVER;
    for (const uuid of uuids) {
      for (const row of this.#sql.packets.all(integerOf(uuid) ?? null, clamp(from), clamp(to))) {
        into.id(uuid);
        for (const name of ['place', 'time', 'length', 'link_type']) into.number(Number(row[name]));
        into.bytes(row.data as Uint8Array);
        count++;
        if (into.length > PACKET_BYTES_MAX)
          throw mistake(
            'archive.answer-too-long',
            `more than ${PACKET_BYTES_MAX >> 20} MiB of packets are kept of these flows`,
            'ask for fewer flows, or for a shorter time',
          );
      }
      yield;
    }
    return { packets: { count, bytes: into.written } };
  }

  losses({ from, to }: Span): FlowAnswer {
    const rows = this.#sql.losses.all(clamp(from), clamp(to), LOSSES_MAX);
    return { losses: rows.map(({ words }) => String(words)) };
  }

  dumpLosses(after: number, rowsMax: number): FlowAnswer {
    const rows = this.#sql.lossesBehind.all(after, rowsMax);
    return { losses: rows.map(({ words }) => String(words)), lastRow: Number(rows.at(-1)?.loss ?? after) };
  }

  /** Oldest first: slots of the coarsest level, …, the newest point. */
  #pointsOf({ uuid, start }: FlowName, span: Span | undefined): FlowMetric[] {
    const row = this.#headOf(uuid, start);
    if (!row) return [];
    const newest = row.newest ? [readMetric(new ByteReader(row.newest), 0)] : [];
    if (!span) return newest;
    const points: FlowMetric[] = [];
    let { point } = row;
    while (point !== null) {
      const earlier = this.#sql.point.get(point) as { prev: number | null; metric: Uint8Array } | undefined;
      if (!earlier) break;
      points.push(readMetric(new ByteReader(earlier.metric), 0));
      point = earlier.prev;
    }
    // Where the chain breaks off, what came before was rolled up.
    if (point !== null) points.push(...this.#rolled(row, span));
    points.push(...newest);
    return points
      .filter(({ Start, Last }) => Start <= span.to && Last >= span.from)
      .sort((a, b) => a.Start - b.Start || a.Last - b.Last);
  }

  #rolled({ flow, start, last }: Head, span: Span): FlowMetric[] {
    return levels.flatMap((_, level) => {
      const kept = this.#sql.periods.get(level, level);
      if (!kept || kept.first === null) return [];
      const points: FlowMetric[] = [];
      const to = Math.min(Number(kept.last), periodOf(level, Math.min(last, span.to)));
      // A slot can begin in the period before and reach into the span.
      const from = Math.max(Number(kept.first), periodOf(level, Math.max(start, span.from)) - 1);
      for (let period = from; period <= to; period++)
        points.push(...(this.#sql.rolls.all(level, period, flow) as unknown as RollRow[]).map(metricOfRoll));
      return points;
    });
  }

  #headOf(uuid: string, start: number | undefined): Head | undefined {
    const id = integerOf(uuid);
    if (id === undefined) return undefined;
    const inHour = (hour: number) => this.#sql.head.get(hour, id) as unknown as Head | undefined;
    const found = start === undefined ? undefined : inHour(hourOf(start));
    if (found) return found;
    for (const hour of hoursIn(this.#db, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY).reverse()) {
      const row = inHour(hour);
      if (row) return row;
    }
    return undefined;
  }

  #write(row: Row, rows: RowWriter): void {
    const [uuid, tracking, start, last, node, capture, layers, application, a, b, aPort, bPort] = row;
    const texts = this.#texts;
    rows.add(
      {
        uuid,
        tracking,
        start,
        last,
        node: texts.of(node),
        capture: texts.of(capture),
        layers: texts.of(layers),
        application: texts.of(application),
        a: a ?? undefined,
        b: b ?? undefined,
        aPort: aPort ?? undefined,
        bPort: bPort ?? undefined,
      },
      row[12],
      row[13],
      row[14],
    );
  }
}

const EVER: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** SQLite's integers end where ours do. */
function clamp(time: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, time));
}

type Row = [
  uuid: string,
  tracking: string,
  start: number,
  last: number,
  node: number,
  capture: number,
  layers: number,
  application: number,
  a: Address | null,
  b: Address | null,
  aPort: number | null,
  bPort: number | null,
  details: Uint8Array,
  newest: Uint8Array | null,
  more: string | null,
];

interface Head {
  readonly flow: number;
  readonly start: number;
  readonly last: number;
  readonly newest: Uint8Array | null;
  readonly point: number | null;
}

function statements(db: DatabaseSync) {
  const prepare = (sql: string): StatementSync => db.prepare(sql);
  const row = prepare(`select printf('%016x', uuid) as uuid, printf('%016x', tracking) as tracking, start, last,
      node, capture, layers, application, a, b, a_port, b_port, details, newest, more from flows where flow = ?`);
  // Made in less time than objects with names.
  row.setReturnArrays(true);
  return {
    row,
    head: prepare('select flow, start, last, newest, point from flows where hour = ? and uuid = ?'),
    point: prepare('select prev, metric from points where point = ?'),
    periods: prepare(`select (select min(period) from rolls where level = ?) as first,
      (select max(period) from rolls where level = ?) as last`),
    rolls: prepare('select * from rolls where level = ? and period = ? and flow = ? order by slot'),
    packets: prepare(
      'select place, time, length, link_type, data from packets where uuid = ? and time >= ? and time <= ? order by place',
    ),
    lossesBehind: prepare('select loss, words from losses where loss > ? order by loss limit ?'),
    losses: prepare('select words from losses where last >= ? and first <= ? order by first limit ?'),
  };
}
