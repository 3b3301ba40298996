/** The first version of a life. Written out, not spread together: the engine then lays the object out without slack. */
import type { Source } from './change.ts';
import type { GraphEdge, GraphNode, Metadata } from './element.ts';

interface Birth {
  readonly time: number;
  readonly recordedAt: number;
  readonly source: Pick<Source, 'host' | 'origin'>;
  /** More than 1 when a life of the same name ended in this very millisecond: then this is how it goes on. */
  readonly revision?: number;
}

export function firstNode(
  id: string,
  metadata: Metadata,
  { time, recordedAt, source, revision = 1 }: Birth,
): GraphNode {
  return {
    kind: 'node',
    id,
    metadata,
    host: source.host,
    origin: source.origin,
    createdAt: time,
    updatedAt: time,
    deletedAt: undefined,
    validTo: undefined,
    recordedAt,
    revision,
  };
}

export function firstEdge(
  id: string,
  { parent, child }: { parent: string; child: string },
  metadata: Metadata,
  { time, recordedAt, source, revision = 1 }: Birth,
): GraphEdge {
  return {
    kind: 'edge',
    id,
    metadata,
    host: source.host,
    origin: source.origin,
    createdAt: time,
    updatedAt: time,
    deletedAt: undefined,
    validTo: undefined,
    recordedAt,
    revision,
    parent,
    child,
  };
}
