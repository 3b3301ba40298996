/** Answers that are no nodes and edges as a grid: values one below the other, objects with a column for each key. */
import { type Clockface, drawTime } from '../moment.ts';
import type { Names } from './changes.ts';
import type { Grid } from './grid.ts';

export function plainGrid(items: readonly unknown[], clock: Clockface, names: Names = (id) => id): Grid {
  const keys = [...new Set(items.flatMap((item) => (isObject(item) ? Object.keys(item) : [])))];
  if (keys.length === 0) return { columns: [{ title: 'VALUE' }], rows: items.map((item) => [item]) };
  return {
    columns: keys.map((key) => ({ title: key === 'ID' ? 'OF' : key })),
    rows: items.map((item) => keys.map((key) => (isObject(item) ? shown(key, item[key], clock, names) : item))),
  };
}

/** Times of samples are numbers in the answer, and what they belong to is an id. */
function shown(key: string, value: unknown, clock: Clockface, names: Names): unknown {
  if (key === 'ID' && typeof value === 'string') return names(value);
  return (key === 'Start' || key === 'Last') && typeof value === 'number' ? drawTime(value, clock) : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
