/** Versions and samples of the embedded archive, by the numbers of their rows: each page is found at once. */
import type { Element } from '../../graph/element.ts';
import type { Span } from '../../graph/view.ts';
import { type DumpedOfGraph, type DumpPage, PAGE_ITEMS } from '../dump.ts';
import type { ThreadCalls } from './calls.ts';
import type { Read } from './protocol.ts';

/** Of a span, what touches it, and of each series the newest sample before it. */
export async function* dumpGraph(
  thread: ThreadCalls,
  after?: string,
  span?: Span,
): AsyncGenerator<DumpPage<DumpedOfGraph>> {
  const [, part, row] = /^(versions|samples)\/(\d+)$/.exec(after ?? '') ?? [];
  if (part !== 'samples') yield* rowsOf(thread, { of: 'versions', row: Number(row ?? 0), span }, versionIn);
  yield* rowsOf(thread, { of: 'samples', row: part === 'samples' ? Number(row) : 0, span }, sampleIn);
}

interface Rows {
  readonly of: 'versions' | 'samples';
  /** Those behind this one. */
  readonly row: number;
  readonly span: Span | undefined;
}

async function* rowsOf<Row extends readonly [number, ...unknown[]]>(
  thread: ThreadCalls,
  { of, row, span }: Rows,
  itemIn: (row: Row) => DumpedOfGraph,
): AsyncGenerator<DumpPage<DumpedOfGraph>> {
  const rowsRead = async <R>(read: Read) => {
    const rows: R[] = [];
    await thread.call({ kind: 'read', read }, ({ text }) => void rows.push(...(JSON.parse(text) as R[])));
    return rows;
  };
  // Numbers alone: which they are is looked up once, and what they hold a page at a time.
  const within = span && (await rowsRead<number>({ kind: 'rowsIn', of, span, after: row }));
  for (let after = row, at = 0; ; at += PAGE_ITEMS) {
    const numbers = within?.slice(at, at + PAGE_ITEMS);
    if (numbers?.length === 0) return;
    const read: Read = numbers
      ? { kind: 'dumpRows', of, rows: numbers }
      : { kind: 'dump', of, after, rowsMax: PAGE_ITEMS };
    const rows = await rowsRead<Row>(read);
    const last = rows.at(-1);
    if (!last && numbers) continue;
    if (!last) return;
    [after] = last;
    // A version that ended in the millisecond it began was never so.
    const items = rows.map(itemIn).filter((item) => item.kind !== 'version' || isSpan(item.element));
    yield { items, next: `${of}/${after}` };
  }
}

function isSpan({ updatedAt, validTo = Number.POSITIVE_INFINITY }: Element): boolean {
  return validTo > updatedAt;
}

type VersionRow = [row: number, endRecordedAt: number | null, element: Element];

function versionIn([, endRecordedAt, element]: VersionRow): DumpedOfGraph {
  return { kind: 'version', element, ...(endRecordedAt !== null && { endRecordedAt }) };
}

type SampleRow = [
  row: number,
  id: string,
  series: string,
  start: number,
  last: number,
  names: string[],
  counts: number[],
  totalNames: string[] | null,
  totals: number[] | null,
];

function sampleIn([, id, series, start, last, names, counts, totalNames, totals]: SampleRow): DumpedOfGraph {
  const total = totalNames && totals && { total: named(totalNames, totals) };
  return { kind: 'sample', sample: { id, series, start, last, counters: named(names, counts), ...total } };
}

function named(names: readonly string[], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] as number]));
}
