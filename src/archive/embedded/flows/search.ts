/** One search for flows: a page at a time, in order, a few milliseconds at a time. */
import type { DatabaseSync } from 'node:sqlite';
import { Heap } from '../../heap.ts';
import type { FindAsk, Position, Pushed } from './ask.ts';
import type { Conditions } from './conditions.ts';
import { ClassStream, classStatements, type Found, HourStream, hourStatement, keyOf, type Stream } from './streams.ts';
import { hourOf, longerThan } from './time.ts';

/** Of so many nodes each is looked up by itself; of more, all of the time is gone through. */
const NODES_MAX = 16;

export class Search {
  readonly #streams = new Heap<Stream>((a, b) => compare(a.bound, b.bound));
  readonly #pending = new Heap<Found>((a, b) => compare(a.key, b.key) || compare(a.uuid, b.uuid));
  readonly #order: FindAsk['order'];
  /** What came with the pages before. */
  readonly #done: { readonly key: number; readonly uuid: string } | undefined;
  #last: Found | undefined;

  constructor(
    db: DatabaseSync,
    conditions: Conditions,
    { time, where, order, after }: Omit<FindAsk, 'search' | 'rowsMax'>,
  ) {
    this.#order = order;
    this.#done = after && { key: keyOf(order, after.value, after.value), uuid: after.uuid };
    for (const stream of streamsOf(db, conditions, { time, where, order, after }))
      if (stream.bound < Number.POSITIVE_INFINITY) this.#streams.put(stream);
  }

  /** Where the last that was given out lies. */
  get position(): Position | undefined {
    if (!this.#last) return undefined;
    const { key, uuid } = this.#last;
    return { value: this.#order.isDescending ? -key : key, uuid };
  }

  /** Puts the next row numbers into `page`, and rests after each look at the tables. */
  *fill(page: number[], rowsMax: number): Generator<void> {
    while (page.length < rowsMax) {
      const next = this.#pending.first;
      const stream = this.#streams.first;
      if (next && next.key < (stream?.bound ?? Number.POSITIVE_INFINITY)) {
        this.#pending.take();
        this.#last = next;
        page.push(next.flow);
        continue;
      }
      if (!stream) return;
      this.#streams.take();
      for (const found of stream.fetch()) if (!this.#isDone(found)) this.#pending.put(found);
      if (stream.bound < Number.POSITIVE_INFINITY) this.#streams.put(stream);
      yield;
    }
  }

  #isDone({ key, uuid }: Found): boolean {
    return this.#done !== undefined && (key < this.#done.key || (key === this.#done.key && uuid <= this.#done.uuid));
  }
}

function streamsOf(
  db: DatabaseSync,
  conditions: Conditions,
  { time, where, order, after }: Omit<FindAsk, 'search' | 'rowsMax'>,
): Stream[] {
  const filter = conditions.sqlOf(where);
  if (!filter) return [];
  const classes = classesIn(db);
  for (const column of ['uuid', 'tracking'] as const) {
    const given = only(where, column);
    if (!given) continue;
    const ids = conditions.valuesOf(column, given);
    const read = hourStatement(db, column, ids.length, filter);
    const longest = longerThan(classes.at(-1) ?? 0);
    const hours = hoursIn(db, hourOf(time.from - longest), hourOf(time.to));
    return hours.map((hour) => new HourStream(read, { hour, time, order, values: [...ids, ...filter.values] }));
  }
  const ofNodes = where.find((condition) => isOnly(condition, 'node'));
  const nodes = conditions.valuesOf('node', ofNodes?.[0]?.values ?? []);
  const isOfNode = nodes.length > 0 && nodes.length <= NODES_MAX;
  // Another condition on the node stays a filter: both have to be met.
  const rest = isOfNode ? where.filter((condition) => condition !== ofNodes) : where;
  const statements = classStatements(db, { isOfNode, order, filter: conditions.sqlOf(rest) ?? filter });
  return (isOfNode ? nodes : [undefined]).flatMap((node) =>
    classes.map((lengthClass) => new ClassStream(statements, { node, lengthClass, time, order, after })),
  );
}

/** The values of a condition that asks for this column alone. */
function only(where: readonly Pushed[], column: string): readonly (string | number)[] | undefined {
  return where.find((condition) => isOnly(condition, column))?.[0]?.values;
}

function isOnly(condition: Pushed, column: string): boolean {
  return condition.length === 1 && condition[0]?.column === column;
}

/** From the shortest. */
export function classesIn(db: DatabaseSync): number[] {
  return valuesIn(db, 'class', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

export function hoursIn(db: DatabaseSync, from: number, to: number): number[] {
  return valuesIn(db, 'hour', from, to);
}

/** Each value that the first column of an index has, from one to the next. */
function valuesIn(db: DatabaseSync, column: 'class' | 'hour', from: number, to: number): number[] {
  const rows = db
    .prepare(`with recursive found (value) as (
        select min(${column}) from flows where ${column} >= ?1
        union all
        select (select min(${column}) from flows where ${column} > value) from found where value is not null
      ) select value from found where value <= ?2`)
    .all(clamp(from), clamp(to));
  return rows.map(({ value }) => Number(value));
}

function clamp(value: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
