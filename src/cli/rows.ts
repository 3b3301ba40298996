/** Rows that a command made of an answer, printed like any other list: `get routes`, `get interfaces`. */
import type { Session } from './command.ts';
import { exitCodes, usageFailure } from './failure.ts';
import { drawingOf, type PrintOptions } from './print.ts';
import { drawCsv } from './render/csv.ts';
import { type Grid, sorted } from './render/grid.ts';
import type { Drawing } from './render/reply.ts';
import { drawTable } from './render/table.ts';
import type { Row } from './things.ts';

/** Columns that only `-o wide` and CSV show. */
const wideOnly = new Set([
  'INDEX',
  'DRIVER',
  'SPEED',
  'SOURCE',
  'PROTOCOL',
  'FLAGS',
  'INODE',
  'VIRTUALIZATION',
  'NOTES',
  'DESCRIPTION',
  'COMMAND',
  'CONTAINERID',
  'COOKIE',
  'SENT',
  'RECEIVED',
  'RTT',
  'OPENED',
  'CLOSED',
  'AGENT',
  'WAITING',
]);

/** `kind` is what they are called in JSON. */
export async function printRows(
  session: Session,
  kind: string,
  rows: readonly Row[],
  options: PrintOptions,
): Promise<void> {
  const { io } = session;
  const by = options.sortBy;
  const shown = (by === undefined ? rows : sortedRows(rows, by)).slice(0, options.limit);
  if (shown.length === 0 && options.failEmpty) session.exitCode = exitCodes.empty;
  const drawing = drawingOf(session, options);
  const isForPeople = drawing.format.kind === 'table' || drawing.format.kind === 'wide';
  if (shown.length > 0 || !isForPeople) io.out.write(await drawRows(kind, shown, drawing));
  else if (!options.quiet) io.err.write('nothing found\n');
}

function sortedRows(rows: readonly Row[], by: string): Row[] {
  const title = by.replace(/^-/, '').toUpperCase();
  const titles = [...new Set(rows.flatMap(Object.keys))];
  if (rows.length > 0 && !titles.includes(title)) {
    throw usageFailure(`there is no column ${title} to sort by`, `there are ${titles.join(', ')}`);
  }
  return sorted(rows, (row) => row[title], by.startsWith('-'));
}

async function drawRows(kind: string, rows: readonly Row[], drawing: Drawing): Promise<string> {
  const { format } = drawing;
  switch (format.kind) {
    case 'json':
      return `${JSON.stringify(documentOf(kind, rows), null, 2)}\n`;
    case 'yaml':
      return (await import('yaml')).stringify(documentOf(kind, rows));
    case 'ndjson':
      return rows.map((row) => `${JSON.stringify(lowerCased(row))}\n`).join('');
    case 'csv':
      return drawCsv(gridOf(rows), drawing);
    case 'wide':
      return drawTable(gridOf(rows), drawing);
    case 'table':
      return drawTable(
        gridOf(rows, (title) => !wideOnly.has(title)),
        drawing,
      );
    case 'columns': {
      const columns = format.keys.map((key) => ({ title: key.toUpperCase() }));
      return drawTable({ columns, rows: rows.map((row) => columns.map(({ title }) => row[title])) }, drawing);
    }
    default:
      throw usageFailure(
        `${kind} cannot be printed as ${format.kind}`,
        'they can as table, wide, json, ndjson, csv, yaml',
      );
  }
}

function documentOf(kind: string, rows: readonly Row[]): Record<string, unknown> {
  return { schema: 'skein/v1', kind, [kind]: rows.map(lowerCased) };
}

function lowerCased(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key.toLowerCase(), value]));
}

function gridOf(rows: readonly Row[], isShown: (title: string) => boolean = () => true): Grid {
  const titles = [...new Set(rows.flatMap(Object.keys))].filter(isShown);
  return {
    columns: titles.map((title) => ({ title, isOptional: true })),
    rows: rows.map((row) => titles.map((title) => row[title])),
  };
}
