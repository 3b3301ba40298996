/** Rows and columns before anyone decided how to write them: the one thing that table and CSV are made from. */
import { printable } from './printable.ts';

export interface Grid {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface Column {
  readonly title: string;
  /** Left out when no row has anything in it. */
  readonly isOptional?: boolean;
}

/** Without optional columns that are empty from top to bottom. */
export function withoutEmpty({ columns, rows }: Grid): Grid {
  const kept = columns.flatMap((column, i) =>
    column.isOptional && rows.every((row) => cellText(row[i]) === '') ? [] : [i],
  );
  return { columns: kept.flatMap((i) => columns[i] ?? []), rows: rows.map((row) => kept.map((i) => row[i])) };
}

/** By one column, numbers by value and texts as people count (eth2 before eth10); `-COLUMN` is downwards. */
export function sorted<T>(items: readonly T[], key: (item: T) => unknown, isDescending: boolean): T[] {
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  const direction = isDescending ? -1 : 1;
  return items
    .map((item) => ({ item, by: key(item) }))
    .sort((a, b) => {
      const [left, right] = [a.by, b.by];
      // What has no such key comes last, whichever way.
      if (isEmpty(left) || isEmpty(right)) return Number(isEmpty(left)) - Number(isEmpty(right));
      if (typeof left === 'number' && typeof right === 'number') return (left - right) * direction;
      return compare(plainText(left), plainText(right)) * direction;
    })
    .map(({ item }) => item);
}

/** A value in a cell, on a terminal. */
export function cellText(value: unknown): string {
  return printable(plainText(value));
}

/** A value as text: nothing is '', lists are joined by blanks when they hold plain values. */
export function plainText(value: unknown): string {
  if (isEmpty(value)) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(' ');
  return JSON.stringify(value);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null;
}
