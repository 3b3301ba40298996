/** All versions and samples of the embedded archive, by the numbers of their rows: each page is found at once. */
import type { Element } from '../../graph/element.ts';
import { type DumpedOfGraph, type DumpPage, PAGE_ITEMS } from '../dump.ts';
import type { ThreadCalls } from './calls.ts';

export async function* dumpGraph(thread: ThreadCalls, after?: string): AsyncGenerator<DumpPage<DumpedOfGraph>> {
  const [, part, row] = /^(versions|samples)\/(\d+)$/.exec(after ?? '') ?? [];
  if (part !== 'samples') yield* rowsOf(thread, 'versions', Number(row ?? 0), versionIn);
  yield* rowsOf(thread, 'samples', part === 'samples' ? Number(row) : 0, sampleIn);
}

async function* rowsOf<Row extends readonly [number, ...unknown[]]>(
  thread: ThreadCalls,
  of: 'versions' | 'samples',
  row: number,
  itemIn: (row: Row) => DumpedOfGraph,
): AsyncGenerator<DumpPage<DumpedOfGraph>> {
  for (let after = row; ; ) {
    const rows: Row[] = [];
    const read = { kind: 'dump', of, after, rowsMax: PAGE_ITEMS } as const;
    await thread.call({ kind: 'read', read }, ({ text }) => void rows.push(...(JSON.parse(text) as Row[])));
    const last = rows.at(-1);
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
