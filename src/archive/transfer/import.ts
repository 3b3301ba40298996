/**
 * An export into an archive, which may hold some of it already: versions, samples, points and packets that are there
 * are left out, and batches are named by export and page, so that a page that is told again changes nothing.
 */

import { mistake } from '../../std/mistake.ts';
import type { Archive } from '../archive.ts';
import type { Dumped } from '../dump.ts';
import { flowsBatch, lossesBatch } from './import-flows.ts';
import { graphBatches } from './import-graph.ts';
import { socketsBatch } from './import-sockets.ts';
import type { TransferEnd, TransferHeader } from './lines.ts';
import { readTransfer } from './read.ts';
import { type Watch, watchesOf } from './watches.ts';

export interface Imported {
  readonly header: TransferHeader;
  /** Items read so far, and those of them that were there already. */
  readonly items: number;
  readonly known: number;
  readonly pages: number;
}

export interface ImportParts {
  readonly onPage?: (imported: Imported) => void;
  readonly signal?: AbortSignal;
}

/** Throws a Mistake where the file is damaged or cut off: what came before is kept. */
export async function importArchive(
  archive: Archive,
  pieces: AsyncIterable<Uint8Array>,
  { onPage, signal }: ImportParts = {},
): Promise<Imported & { readonly end: TransferEnd }> {
  let done: Imported | undefined;
  let watches: readonly Watch[] = [];
  for await (const part of readTransfer(pieces)) {
    signal?.throwIfAborted();
    if (part.kind === 'header') {
      done = { header: part.header, items: 0, known: 0, pages: 0 };
      watches = watchesOf(part.header);
      await sayAlive(archive, watches, 'from');
      continue;
    }
    if (!done) break;
    if (part.kind === 'end') {
      await sayAlive(archive, watches, 'to', part.end.pages + 1);
      return { ...done, end: part.end };
    }
    const known = await importItems(archive, part.items, { id: done.header.id, page: part.page, watches });
    done = { ...done, items: done.items + part.items.length, known: done.known + known, pages: part.page };
    onPage?.(done);
  }
  throw mistake('archive.export-cut-off', 'this export ends before its end');
}

export interface PageName {
  /** Of the export. */
  readonly id: string;
  readonly page: number;
  readonly watches: readonly Watch[];
}

/** How many of the items were there already. */
export async function importItems(archive: Archive, items: readonly Dumped[], name: PageName): Promise<number> {
  let known = 0;
  for (const { batches, known: some } of [await graphBatches(archive, items, name)]) {
    for (const batch of batches) await archive.append(batch);
    known += some;
  }
  if (archive.flows) {
    const flows = await flowsBatch(archive.flows, items, name);
    const losses = await lossesBatch(archive.flows, items, name);
    for (const { batch } of [flows, losses]) if (batch) await archive.flows.append(batch);
    known += flows.known + losses.known;
  }
  if (archive.sockets) {
    const { batch, known: some } = await socketsBatch(archive.sockets, items, name);
    if (batch) await archive.sockets.append(batch);
    known += some;
  }
  return known;
}

/** Who watched then did so until the end of the watch: without this the time without changes would be a gap. */
export async function sayAlive(archive: Archive, watches: readonly Watch[], at: 'from' | 'to', n = 0): Promise<void> {
  for (const { writer, from, to } of watches)
    await archive.append({ id: `${writer}-${n}`, time: at === 'from' ? from : to, events: [], samples: [] });
}
