/** A batch on its way to the thread: flat lists of texts and numbers, which cross much faster than objects do. */
import type { GraphEvent, SampleEvent } from '../../graph/change.ts';
import type { ArchiveBatch } from '../archive.ts';
import { readBatchId } from '../batchid.ts';

export interface PackedBatch {
  readonly writer: string;
  readonly n: number;
  readonly time: number;
  /** EVENT_FIELDS of them for each event: see `packEvent`. */
  readonly events: readonly Packed[];
  /** SAMPLE_FIELDS of them for each sample: see `packSample`. */
  readonly samples: readonly Packed[];
}

export type Packed = string | number | null;

export const EVENT_FIELDS = 12;
export const SAMPLE_FIELDS = 6;
export const KIND_CODES = { node: 0, edge: 1 } as const;
export const EVENT_CODES = { added: 0, updated: 1, removed: 2 } as const;

export function packBatch(batch: ArchiveBatch): PackedBatch {
  const events: Packed[] = [];
  for (const event of batch.events) packEvent(event, events);
  const samples: Packed[] = [];
  for (const sample of batch.samples) packSample(sample, samples);
  return { ...readBatchId(batch.id), time: batch.time, events, samples };
}

function packEvent({ kind, element }: GraphEvent, into: Packed[]): void {
  const isEdge = element.kind === 'edge';
  into.push(
    EVENT_CODES[kind],
    KIND_CODES[element.kind],
    JSON.stringify(element.id),
    isEdge ? JSON.stringify(element.parent) : null,
    isEdge ? JSON.stringify(element.child) : null,
    `"host":${JSON.stringify(element.host)},"origin":${JSON.stringify(element.origin)}`,
    element.createdAt,
    element.updatedAt,
    element.recordedAt,
    kind === 'removed' ? (element.deletedAt ?? element.updatedAt) : null,
    element.revision,
    JSON.stringify(element.metadata),
  );
}

function packSample({ id, series, start, last, counters }: SampleEvent, into: Packed[]): void {
  const names = Object.keys(counters);
  const counts = names.map((name) => counters[name]);
  into.push(JSON.stringify(id), series, start, last, JSON.stringify(names), JSON.stringify(counts));
}
