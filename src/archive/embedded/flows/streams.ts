/**
 * Where rows come from: many streams, each a stretch of an index, each in order of start. What a stream still has lies
 * at or behind its bound; so what lies before all bounds can be given out, in order, while most is still unread.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Span } from '../../../flow/view.ts';
import type { FlowOrdering, Position } from './ask.ts';
import type { Sql } from './conditions.ts';
import { HOUR_MS, longerThan, shortest } from './time.ts';

/** `key` grows in the order asked for. */
export interface Found {
  readonly key: number;
  readonly flow: number;
  readonly uuid: string;
}

export interface Stream {
  /** Nothing that is to come has a smaller key; Infinity: nothing is to come. */
  readonly bound: number;
  /** The next of them, those that do not overlap the time left out. */
  fetch(): Found[];
}

const COLUMNS = `flow, start, last, printf('%016x', uuid) as uuid`;

const ROWS_FIRST = 16;
const ROWS_MAX = 2_048;

/** Keys of an ordering: what comes first has the smaller one. */
export function keyOf({ by, isDescending }: FlowOrdering, start: number, last: number): number {
  const value = by === 'start' ? start : last;
  return isDescending ? -value : value;
}

/** Flows of one class, of all nodes or of one, a few at first and more at a time later. */
export class ClassStream implements Stream {
  readonly #read: StatementSync;
  readonly #place: StatementSync | undefined;
  readonly #values: readonly SQLInputValue[];
  readonly #filter: readonly SQLInputValue[];
  readonly #order: FlowOrdering;
  readonly #class: number;
  readonly #time: Span;
  readonly #from: number;
  readonly #to: number;
  #at: { start: number; flow: number };
  #rows = ROWS_FIRST;
  bound: number;

  constructor(
    statements: ClassStatements,
    {
      node,
      lengthClass,
      time,
      order,
      after,
    }: {
      node: SQLInputValue | undefined;
      lengthClass: number;
      time: Span;
      order: FlowOrdering;
      after: Position | undefined;
    },
  ) {
    this.#read = statements.read;
    this.#place = statements.place;
    this.#values = node === undefined ? [lengthClass] : [node, lengthClass];
    this.#filter = statements.filter;
    this.#order = order;
    this.#class = lengthClass;
    this.#time = time;
    const { by, isDescending } = order;
    let [from, to] = [time.from - longerThan(lengthClass), time.to];
    if (after) {
      const { value } = after;
      if (isDescending) to = Math.min(to, by === 'start' ? value : value - shortest(lengthClass));
      else from = Math.max(from, by === 'start' ? value : value - longerThan(lengthClass));
    }
    this.#from = Math.floor(from);
    this.#to = Math.ceil(to);
    this.#at = isDescending
      ? { start: this.#to + 1, flow: 0 }
      : { start: this.#from - 1, flow: Number.MAX_SAFE_INTEGER };
    this.bound = this.#from > this.#to ? Number.POSITIVE_INFINITY : this.#boundAt(isDescending ? this.#to : this.#from);
  }

  fetch(): Found[] {
    const { isDescending } = this.#order;
    const { start, flow } = this.#at;
    const stretch = [...this.#values, start, flow, isDescending ? this.#from : this.#to];
    const rows = this.#read.all(...stretch, this.#rows, ...this.#filter) as unknown as Row[];
    const end = this.#place ? this.#place.get(...stretch, this.#rows - 1) : rows[this.#rows - 1];
    if (end) {
      this.#at = { start: Number(end.start), flow: Number(end.flow) };
      this.bound = this.#boundAt(this.#at.start);
    } else this.bound = Number.POSITIVE_INFINITY;
    this.#rows = Math.min(ROWS_MAX, this.#rows * 2);
    return foundIn(rows, this.#time, this.#order);
  }

  #boundAt(start: number): number {
    const { by, isDescending } = this.#order;
    if (by === 'start') return isDescending ? -start : start;
    return isDescending ? -(start + longerThan(this.#class)) : start + shortest(this.#class);
  }
}

export interface ClassStatements {
  readonly read: StatementSync;
  /** Where a stretch ends, when not all its rows come out. */
  readonly place: StatementSync | undefined;
  readonly filter: readonly SQLInputValue[];
}

export function classStatements(
  db: DatabaseSync,
  { isOfNode, order, filter }: { isOfNode: boolean; order: FlowOrdering; filter: Sql },
): ClassStatements {
  const { isDescending } = order;
  const stretch = `from flows indexed by ${isOfNode ? 'flows_node' : 'flows_time'}
    where ${isOfNode ? 'node = ? and ' : ''}class = ? and (start, flow) ${isDescending ? '<' : '>'} (?, ?)
    and start ${isDescending ? '>=' : '<='} ? order by start ${direction(isDescending)}, flow ${direction(isDescending)}`;
  if (filter.text === '')
    return { read: db.prepare(`select ${COLUMNS} ${stretch} limit ?`), place: undefined, filter: [] };
  return {
    read: db.prepare(`select ${COLUMNS} from (select * ${stretch} limit ?) where true${filter.text}`),
    place: db.prepare(`select start, flow ${stretch} limit 1 offset ?`),
    filter: filter.values,
  };
}

/** Flows of one hour that an index by id finds: all at once. */
export class HourStream implements Stream {
  readonly #read: StatementSync;
  readonly #values: readonly SQLInputValue[];
  readonly #order: FlowOrdering;
  readonly #time: Span;
  bound: number;

  constructor(
    read: StatementSync,
    { hour, time, order, values }: { hour: number; time: Span; order: FlowOrdering; values: readonly SQLInputValue[] },
  ) {
    this.#read = read;
    this.#values = [hour, ...values];
    this.#order = order;
    this.#time = time;
    const { by, isDescending } = order;
    // When the longest of them ended, nobody knows.
    if (isDescending) this.bound = by === 'start' ? -(hour + 1) * HOUR_MS : Number.NEGATIVE_INFINITY;
    else this.bound = hour * HOUR_MS;
  }

  fetch(): Found[] {
    this.bound = Number.POSITIVE_INFINITY;
    return foundIn(this.#read.all(...this.#values) as unknown as Row[], this.#time, this.#order);
  }
}

export function hourStatement(
  db: DatabaseSync,
  column: 'uuid' | 'tracking',
  count: number,
  filter: Sql,
): StatementSync {
  return db.prepare(`select ${COLUMNS} from flows indexed by flows_${column}
    where hour = ? and ${column} in (${Array(count).fill('?').join()})${filter.text}`);
}

function foundIn(rows: readonly Row[], { from, to }: Span, order: FlowOrdering): Found[] {
  const found: Found[] = [];
  for (const { flow, start, last, uuid } of rows)
    if (last >= from && start <= to) found.push({ key: keyOf(order, start, last), flow, uuid });
  return found;
}

function direction(isDescending: boolean): 'asc' | 'desc' {
  return isDescending ? 'desc' : 'asc';
}

interface Row {
  readonly flow: number;
  readonly start: number;
  readonly last: number;
  readonly uuid: string;
}
