/** Everything an archive keeps, into a file: a page at a time, so that memory stays small and a break costs a page. */
import { createHash } from 'node:crypto';
import type { Span } from '../../graph/view.ts';
import type { Archive } from '../archive.ts';
import { dump } from '../dump-all.ts';
import { lineOf, NO_COUNTS, type TransferCounts, type TransferEnd, type TransferHeader } from './lines.ts';

/** Where an export stands: all that is needed to go on. */
export interface ExportState {
  readonly header: TransferHeader;
  /** The page written last; undefined: none. */
  readonly next: string | undefined;
  readonly pages: number;
  readonly sha256: string;
  readonly counts: TransferCounts;
}

export interface ExportInto {
  /** Where an earlier one into the same place stopped. */
  readonly begun: ExportState | undefined;
  /** `state` is true when all of `text` is kept. */
  write(text: string, state: ExportState): Promise<void>;
}

export interface ExportParts {
  readonly into: ExportInto;
  readonly span?: Span | undefined;
  /** Of the header, unless an earlier export goes on. */
  readonly id: string;
  readonly nowMs: number;
  readonly place: string;
  readonly onPage?: (counts: TransferCounts) => void;
  readonly signal?: AbortSignal;
}

export async function exportArchive(archive: Archive, parts: ExportParts): Promise<TransferCounts> {
  const { into, span, onPage, signal } = parts;
  let state: ExportState;
  if (into.begun) state = into.begun;
  else {
    const header = await headerOf(archive, parts);
    const text = `${JSON.stringify(header)}\n`;
    state = { header, next: undefined, pages: 0, sha256: hashed('', text), counts: NO_COUNTS };
    await into.write(text, state);
  }
  for await (const { items, next } of dump(archive, { after: state.next, ...(span && { span }) })) {
    signal?.throwIfAborted();
    if (items.length === 0) continue;
    const lines = items.map((item) => `${lineOf(item)}\n`).join('');
    const counts: Record<keyof TransferCounts, number> = { ...state.counts };
    for (const { kind } of items) counts[kind]++;
    const page: number = state.pages + 1;
    const sha256 = hashed(state.sha256, lines);
    state = { ...state, next, pages: page, sha256, counts };
    await into.write(`${lines}${JSON.stringify({ page, sha256 })}\n`, state);
    onPage?.(counts);
  }
  const { pages, counts, sha256 } = state;
  const end: TransferEnd = { end: true, pages, counts, sha256 };
  await into.write(`${JSON.stringify(end)}\n`, state);
  return counts;
}

export function hashed(before: string, lines: string): string {
  return createHash('sha256').update(before).update(lines).digest('hex');
}

async function headerOf(archive: Archive, { id, nowMs, place, span }: ExportParts): Promise<TransferHeader> {
  const [range, gaps] = [await archive.range(), await archive.gaps()];
  const own = { skein: 'archive', format: 1, id, made: nowMs, from: place } as const;
  return { ...own, ...(span && { span }), ...(range && { range }), gaps };
}
