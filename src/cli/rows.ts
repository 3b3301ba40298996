/** Rows that a command made of an answer, printed like any other list: `get routes`, `get interfaces`. */
import type { Session } from './command.ts';
import { exitCodes } from './failure.ts';
import { drawingOf, type PrintOptions } from './print.ts';
import { drawCsv } from './render/csv.ts';
import { type Grid, sorted, withoutEmpty } from './render/grid.ts';
import { drawTable } from './render/table.ts';
import type { Row } from './things.ts';

/** Columns that only `-o wide` and CSV show. */
const wideOnly = new Set(['INDEX', 'DRIVER', 'SPEED', 'SOURCE', 'PROTOCOL', 'FLAGS', 'INODE', 'VIRTUALIZATION']);

export function printRows(session: Session, rows: readonly Row[], options: PrintOptions): void {
  const { io } = session;
  const by = options.sortBy;
  const inOrder =
    by === undefined ? rows : sorted(rows, (row) => row[by.replace(/^-/, '').toUpperCase()], by.startsWith('-'));
  const shown = inOrder.slice(0, options.limit);
  if (shown.length === 0) {
    if (options.failEmpty) session.exitCode = exitCodes.empty;
    if (!options.quiet) io.err.write('nothing found\n');
    return;
  }
  const drawing = drawingOf(session, options);
  const isNarrow = drawing.format.kind === 'table';
  const grid = gridOf(shown, (title) => !isNarrow || !wideOnly.has(title));
  io.out.write(drawing.format.kind === 'csv' ? drawCsv(grid, drawing) : drawTable(grid, drawing));
}

function gridOf(rows: readonly Row[], isShown: (title: string) => boolean): Grid {
  const titles = [...new Set(rows.flatMap(Object.keys))].filter(isShown);
  return withoutEmpty({
    columns: titles.map((title) => ({ title, isOptional: true })),
    rows: rows.map((row) => titles.map((title) => row[title])),
  });
}
