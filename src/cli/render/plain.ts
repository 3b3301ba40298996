/** Answers that are no nodes and edges as a grid: values one below the other, objects with a column for each key. */
import { type Clockface, drawTime } from '../moment.ts';
import type { Grid } from './grid.ts';

export function plainGrid(items: readonly unknown[], clock: Clockface): Grid {
  const keys = [...new Set(items.flatMap((item) => (isObject(item) ? Object.keys(item) : [])))];
  if (keys.length === 0) return { columns: [{ title: 'VALUE' }], rows: items.map((item) => [item]) };
  return {
    columns: keys.map((key) => ({ title: key })),
    rows: items.map((item) => keys.map((key) => (isObject(item) ? shown(key, item[key], clock) : item))),
  };
}

/** Times of samples are numbers in the answer. */
function shown(key: string, value: unknown, clock: Clockface): unknown {
  return (key === 'Start' || key === 'Last') && typeof value === 'number' ? drawTime(value, clock) : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
