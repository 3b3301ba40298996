/**
 * A grid as aligned columns: numbers to the right, cut to the terminal where there is one. Optional columns
 * with nothing in them are left out; in CSV they stay, so that its columns are always the same.
 */
import { cellText, type Grid, withoutEmpty } from './grid.ts';
import { cutTo, padEnd, padStart, widthOf } from './printable.ts';

export interface TableOptions {
  readonly hasHeaders: boolean;
  /** Columns of the terminal; undefined: nothing is cut. */
  readonly width: number | undefined;
}

export function drawTable(whole: Grid, { hasHeaders, width }: TableOptions): string {
  const grid = withoutEmpty(whole);
  const texts = grid.rows.map((row) => row.map(cellText));
  const titles = grid.columns.map((column) => column.title);
  const lines = hasHeaders ? [titles, ...texts] : texts;
  const natural = titles.map((_, i) => lines.reduce((widest, line) => Math.max(widest, widthOf(line[i] ?? '')), 0));
  const widths = width === undefined ? natural : narrowed(natural, width);
  const isNumeric = titles.map(
    (_, i) =>
      grid.rows.some((row) => typeof row[i] === 'number') && grid.rows.every((row) => isNumberOrNothing(row[i])),
  );
  return lines
    .map((line) => {
      const cells = widths.map((columns, i) => {
        const text = cutTo(line[i] ?? '', columns);
        return isNumeric[i] ? padStart(text, columns) : padEnd(text, columns);
      });
      return `${cells.join(gap).trimEnd()}\n`;
    })
    .join('');
}

const gap = '  ';
/** Cut further, a column says nothing any more; the line is then wider than the terminal. */
const columnsMin = 8;

/** The widest column gives first, so that short ones stay whole. */
function narrowed(natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, each) => sum + each, gap.length * (widths.length - 1)) - width;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= columnsMin) break;
    const second = Math.max(columnsMin, ...widths.filter((each) => each < widest));
    const i = widths.indexOf(widest);
    const cut = Math.max(1, Math.min(excess, widest - second));
    widths[i] = widest - cut;
    excess -= cut;
  }
  return widths;
}

function isNumberOrNothing(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'number';
}
