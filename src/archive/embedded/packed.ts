/** A batch on its way to the thread: flat lists of texts and numbers, which cross much faster than objects do. */
import type { GraphEvent, SampleEvent } from '../../graph/change.ts';
import type { ArchiveBatch } from '../archive.ts';
import { readBatchId } from '../batchid.ts';

export interface PackedBatch {
  readonly writer: string;
  readonly n: number;
  readonly time: number;
  readonly isRelayed: boolean;
  /** EVENT_FIELDS of them for each event: see `packEvent`. */
  readonly events: readonly Packed[];
  /** SAMPLE_FIELDS of them for each sample: see `packSample`. */
  readonly samples: readonly Packed[];
  readonly isFirst: boolean;
  /** Nothing of a batch is kept before its last part is there. */
  readonly isLast: boolean;
}

export type Packed = string | number | null;

/** Events, and samples, in one part. */
const PART_ROWS = 1_000;

export const EVENT_FIELDS = 12;
export const SAMPLE_FIELDS = 8;
export const KIND_CODES = { node: 0, edge: 1 } as const;
export const EVENT_CODES = { added: 0, updated: 1, removed: 2, reopened: 3 } as const;

/** In parts, so that the thread writes the first while the next are packed. Always one at least. */
export function* packBatch({ id, time, events, samples, isRelayed = false }: ArchiveBatch): Generator<PackedBatch> {
  const name = readBatchId(id);
  const parts = Math.max(1, Math.ceil(Math.max(events.length, samples.length) / PART_ROWS));
  for (let part = 0; part < parts; part++) {
    const [from, to] = [part * PART_ROWS, (part + 1) * PART_ROWS];
    const packed = { events: [] as Packed[], samples: [] as Packed[] };
    const source = { host: '', origin: '' };
    for (const event of events.slice(from, to)) packEvent(event, source, packed.events);
    for (const sample of samples.slice(from, to)) packSample(sample, packed.samples);
    yield { ...name, time, isRelayed, ...packed, isFirst: part === 0, isLast: part === parts - 1 };
  }
}

/** `source` is what the event before said: most have the same, and it is not said again. */
function packEvent(
  { kind, element, isReopened }: GraphEvent,
  source: { host: string; origin: string },
  into: Packed[],
): void {
  const isEdge = element.kind === 'edge';
  const isSameSource = into.length > 0 && element.host === source.host && element.origin === source.origin;
  source.host = element.host;
  source.origin = element.origin;
  into.push(
    EVENT_CODES[isReopened ? 'reopened' : kind],
    KIND_CODES[element.kind],
    JSON.stringify(element.id),
    isEdge ? JSON.stringify(element.parent) : null,
    isEdge ? JSON.stringify(element.child) : null,
    isSameSource ? null : `"host":${JSON.stringify(element.host)},"origin":${JSON.stringify(element.origin)}`,
    element.createdAt,
    element.updatedAt,
    element.recordedAt,
    kind === 'removed' ? (element.deletedAt ?? element.updatedAt) : null,
    element.revision,
    JSON.stringify(element.metadata),
  );
}

function packSample({ id, series, start, last, counters, total }: SampleEvent, into: Packed[]): void {
  const totals = total ? [JSON.stringify(Object.keys(total)), JSON.stringify(Object.values(total))] : [null, null];
  const counts = [JSON.stringify(Object.keys(counters)), JSON.stringify(Object.values(counters))];
  into.push(JSON.stringify(id), series, start, last, ...counts, ...totals);
}
