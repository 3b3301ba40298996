/** One row of a table: reads columns as what they are, whatever the database may say. */
import type { Atom, ColumnValue } from './value.ts';

export class Row {
  readonly uuid: string;
  /** Bytes that it takes, by and large. */
  readonly size: number;
  readonly #columns: ReadonlyMap<string, ColumnValue>;

  constructor(uuid: string, columns: ReadonlyMap<string, ColumnValue>) {
    this.uuid = uuid;
    this.#columns = columns;
    let size = EACH + columns.size * EACH;
    for (const value of columns.values()) size += sizeOf(value);
    this.size = size;
  }

  get columns(): ReadonlyMap<string, ColumnValue> {
    return this.#columns;
  }

  /** undefined when it is empty. */
  text(column: string): string | undefined {
    const value = this.#columns.get(column);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  number(column: string): number | undefined {
    const value = this.#columns.get(column);
    return typeof value === 'number' ? value : undefined;
  }

  /** undefined also when it is not so: that is the default of all of them. */
  flag(column: string): true | undefined {
    return this.#columns.get(column) === true ? true : undefined;
  }

  /** undefined when there are none. */
  numbers(column: string): number[] | undefined {
    const numbers = this.#list(column).filter((value) => typeof value === 'number');
    return numbers.length > 0 ? numbers.sort((a, b) => a - b) : undefined;
  }

  texts(column: string): string[] | undefined {
    const texts = this.#list(column).filter((value) => typeof value === 'string');
    return texts.length > 0 ? texts.sort() : undefined;
  }

  map(column: string): ReadonlyMap<string, Atom> {
    const value = this.#columns.get(column);
    return value instanceof Map ? value : NOTHING;
  }

  /** A map as an object, sorted by its keys; undefined when it is empty. */
  object(column: string): Readonly<Record<string, Atom>> | undefined {
    const pairs = [...this.map(column)].sort(([a], [b]) => (a < b ? -1 : 1));
    return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
  }

  #list(column: string): readonly Atom[] {
    const value = this.#columns.get(column);
    if (value === undefined || value instanceof Map) return [];
    return Array.isArray(value) ? value : [value as Atom];
  }
}

/** What a row, a pair, or a value takes beside its text. */
const EACH = 64;

function sizeOf(value: ColumnValue): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof Map) {
    let size = 0;
    for (const [key, one] of value) size += EACH + key.length + (typeof one === 'string' ? one.length : 0);
    return size;
  }
  if (!Array.isArray(value)) return 0;
  let size = 0;
  for (const one of value) size += EACH / 2 + (typeof one === 'string' ? one.length : 0);
  return size;
}

const NOTHING: ReadonlyMap<string, Atom> = new Map();
