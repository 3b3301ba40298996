/** Batches that both sides of the kill test can make again from their number. */
import type { ArchiveBatch } from '../../../src/archive/archive.ts';
import type { GraphNode } from '../../../src/graph/element.ts';

/** Mostly small ones; some that cross to the thread in several parts. */
export function sizeOf(n: number): number {
  return n % 7 === 3 ? 2_500 : 1 + (n % 50);
}

export function nodeId(run: number, n: number, i: number): string {
  return `run${run}/${n}/${i}`;
}

export function batchOf(run: number, n: number): ArchiveBatch {
  const time = 1_700_000_000_000 + run * 1_000_000 + n;
  const nodes = Array.from({ length: sizeOf(n) }, (_, i) => nodeOf(nodeId(run, n, i), time));
  return {
    id: `run${run}-${n}`,
    time,
    events: nodes.map((element) => ({ revision: 1, kind: 'added', element, before: undefined })),
    samples: [{ id: nodeId(run, n, 0), series: 'Metric', start: time, last: time + 1, counters: { n } }],
  };
}

function nodeOf(id: string, time: number): GraphNode {
  return {
    kind: 'node',
    id,
    metadata: { Name: id, Type: 'test', Filler: 'x'.repeat(100) },
    host: 'h',
    origin: 'kill',
    createdAt: time,
    updatedAt: time,
    deletedAt: undefined,
    validTo: undefined,
    recordedAt: time,
    revision: 1,
  };
}
