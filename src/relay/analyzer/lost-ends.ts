/**
 * Ends that an agent had no room for. The graph may have heard of them as a mirror, so that a whole picture ends nothing
 * there: only what the archive has open shows them.
 */
import type { Archive } from '../../archive/archive.ts';
import type { GraphEvent } from '../../graph/change.ts';
import type { Element } from '../../graph/element.ts';
import type { Facts } from '../message.ts';

export interface WholePicture {
  readonly origin: string;
  readonly facts: Pick<Facts, 'graph' | 'time'>;
  readonly recordedAt: number;
  /** What goes to the archive with it: ends among them are as they are told. */
  readonly events: readonly GraphEvent[];
  /** Of the graph. */
  readonly revision: number;
}

/** Of what the archive has open of an origin, that which is not in a whole picture of it, ended when that was told. */
export async function lostEnds(
  archive: Pick<Archive, 'open'>,
  { origin, facts: { graph, time }, recordedAt, events, revision }: WholePicture,
): Promise<readonly GraphEvent[]> {
  const named = new Set(
    graph.flatMap((one) => {
      if (one.kind === 'gone') return [];
      return [nameOf(one.kind === 'version' ? one.element : { kind: one.of, id: one.id })];
    }),
  );
  for (const { kind, element } of events) if (kind === 'removed') named.add(nameOf(element));
  const open = await archive.open(new Set([origin]));
  // The picture may come late: what began or changed since is of a later one.
  const over = open.filter((its) => its.createdAt <= time && its.updatedAt <= time && !named.has(nameOf(its)));
  return over.map((before) => {
    const element = { ...before, recordedAt, deletedAt: time, validTo: time };
    return { revision, kind: 'removed', element, before };
  });
}

function nameOf({ kind, id }: Pick<Element, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
