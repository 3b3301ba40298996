/** The rows of the tables we watch, kept as the database says they are. */
import * as z from 'zod';
import { Row } from './row.ts';
import { type ColumnValue, changedValue, readValue, type Shape } from './value.ts';

export type Schema = ReadonlyMap<string, ReadonlyMap<string, Shape>>;

const rowShape = z.record(z.string(), z.unknown());
/** RFC 7047 §4.1.6. */
const updatesShape = z.record(z.string(), z.record(z.string(), z.object({ new: rowShape.optional() })));
/** ovsdb-server(7), "Update2 Notification". */
const updates2Shape = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      initial: rowShape.optional(),
      insert: rowShape.optional(),
      modify: rowShape.optional(),
      delete: z.unknown().optional(),
    }),
  ),
);

/** Rows of which something changed, by table; and whether it was anything but counters. */
export interface Changed {
  readonly structure: boolean;
  readonly counted: readonly Row[];
}

/** Columns that change all the time and are no versions of anything. */
const COUNTERS = 'statistics';
/** All rows together, as Row.size measures them; 2,000 ports are 5 MiB. */
const SIZE_MAX = 256 * 1024 * 1024;

export class Tables {
  schema: Schema = new Map();
  readonly #rows = new Map<string, Map<string, Row>>();
  #size = 0;

  all(table: string): Iterable<Row> {
    return this.#rows.get(table)?.values() ?? [];
  }

  row(table: string, uuid: string): Row | undefined {
    return this.#rows.get(table)?.get(uuid);
  }

  clear(): void {
    this.#rows.clear();
    this.#size = 0;
  }

  /** Whole rows. Throws when it is not what RFC 7047 says, and a RangeError when it is too much. */
  update(raw: unknown): Changed {
    const collected = new Collected();
    for (const [table, rows] of Object.entries(updatesShape.parse(raw)))
      for (const [uuid, { new: now }] of Object.entries(rows)) {
        if (now) this.#put(table, this.#read(table, uuid, now), collected);
        else this.#remove(table, uuid, collected);
      }
    return collected;
  }

  /** Rows by what changed of them: columns that are left out of a new row have their default. */
  update2(raw: unknown): Changed {
    const collected = new Collected();
    for (const [table, rows] of Object.entries(updates2Shape.parse(raw)))
      for (const [uuid, { initial, insert, modify }] of Object.entries(rows)) {
        const whole = initial ?? insert;
        if (whole) this.#put(table, this.#read(table, uuid, whole), collected);
        else if (modify) this.#modify(table, uuid, modify, collected);
        else this.#remove(table, uuid, collected);
      }
    return collected;
  }

  #read(table: string, uuid: string, raw: Readonly<Record<string, unknown>>): Row {
    const columns = new Map<string, ColumnValue>();
    for (const [column, value] of Object.entries(raw)) {
      const shape = this.schema.get(table)?.get(column);
      if (shape) columns.set(column, readValue(value, shape));
    }
    return new Row(uuid, columns);
  }

  #modify(table: string, uuid: string, raw: Readonly<Record<string, unknown>>, collected: Collected): void {
    const columns = new Map(this.row(table, uuid)?.columns);
    for (const [column, value] of Object.entries(raw)) {
      const shape = this.schema.get(table)?.get(column);
      if (shape) columns.set(column, changedValue(columns.get(column), value, shape));
    }
    const isCounted = Object.hasOwn(raw, COUNTERS);
    const row = new Row(uuid, columns);
    this.#keep(table, row);
    if (isCounted) collected.counted.push(row);
    if (!isCounted || Object.keys(raw).length > 1) collected.structure = true;
  }

  #put(table: string, row: Row, collected: Collected): void {
    this.#keep(table, row);
    collected.structure = true;
    if (row.columns.has(COUNTERS)) collected.counted.push(row);
  }

  #remove(table: string, uuid: string, collected: Collected): void {
    const rows = this.#rowsOf(table);
    this.#size -= rows.get(uuid)?.size ?? 0;
    if (rows.delete(uuid)) collected.structure = true;
  }

  #keep(table: string, row: Row): void {
    const rows = this.#rowsOf(table);
    this.#size += row.size - (rows.get(row.uuid)?.size ?? 0);
    rows.set(row.uuid, row);
    if (this.#size > SIZE_MAX) throw new RangeError(`a database that takes more than ${SIZE_MAX >> 20} MiB`);
  }

  #rowsOf(table: string): Map<string, Row> {
    let rows = this.#rows.get(table);
    if (!rows) {
      rows = new Map();
      this.#rows.set(table, rows);
    }
    return rows;
  }
}

class Collected implements Changed {
  structure = false;
  readonly counted: Row[] = [];
}
