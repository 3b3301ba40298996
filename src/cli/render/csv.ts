/**
 * A grid as CSV (RFC 4180). Text that a spreadsheet would run as a formula gets an apostrophe in front, since names
 * of interfaces and containers come from strangers; numbers are left as they are.
 */
import { type Grid, plainText } from './grid.ts';

export function drawCsv({ columns, rows }: Grid, { hasHeaders }: { readonly hasHeaders: boolean }): string {
  const titles = columns.map((column) => column.title);
  const lines = hasHeaders ? [titles, ...rows] : rows;
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function field(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = plainText(value);
  // Apostrophes that were there already get one more, so that the first can always be taken away again.
  const harmless = /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
