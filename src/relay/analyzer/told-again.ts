/**
 * What an agent told and the graph knew already, as events for the archive: after a fail-over the graph has mirrored
 * what the archive may lack. The version that an update is based on is in the graph's memory, in the same batch, or,
 * where an earlier batch was kept by another analyzer, in the archive.
 */
import type { Archive } from '../../archive/archive.ts';
import type { GraphEvent } from '../../graph/change.ts';
import type { Element, Metadata } from '../../graph/element.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Teller, Told } from '../../graph/told.ts';

export interface ToldAgain {
  readonly events: readonly GraphEvent[];
  /** Changes whose version before is nowhere: they are lost to the archive, a whole version follows. */
  readonly unresolved: number;
}

export interface ToldAgainParts {
  /** It is a whole picture: what it names is alive, though another analyzer may have closed it. */
  readonly isWhole: boolean;
  readonly graph: Pick<Graph, 'history' | 'revision'>;
  readonly archive: Pick<Archive, 'versions'>;
}

/**
 * Of what was told, what none of these events brings. What a whole picture names is alive: an event that only changes it
 * does not say so to an archive in which another has closed it.
 */
export function withoutEvents(told: readonly Told[], events: readonly GraphEvent[], isWhole: boolean): readonly Told[] {
  if (told.length === 0) return told;
  const brought = new Set<string>();
  const opened = isWhole ? new Set<string>() : brought;
  for (const { kind, element } of events) {
    brought.add(nameOf(element, kind === 'removed'));
    if (kind === 'added') opened.add(nameOf(element, false));
  }
  return told.filter((one) =>
    one.kind === 'version'
      ? !opened.has(nameOf(one.element, false))
      : !brought.has(nameOf({ ...one, kind: one.of }, one.kind === 'gone')),
  );
}

export async function toldAgain(
  told: readonly Told[],
  { origin, host }: Teller,
  recordedAt: number,
  { isWhole, graph, archive }: ToldAgainParts,
): Promise<ToldAgain> {
  const known = new Map<string, Element>();
  const know = (element: Element) => {
    known.set(nameOf(element, false), { ...element, deletedAt: undefined, validTo: undefined });
  };
  const based = told.flatMap((one) => (one.kind === 'version' ? [] : [one]));
  const ids = [...new Set(based.map(({ id }) => id))];
  for (const element of graph.history(ids)) if (element.origin === origin) know(element);
  for (const one of told) if (one.kind === 'version') know({ ...one.element, origin, host });
  const baseOf = (one: (typeof based)[number]) => (one.kind === 'gone' ? one.revision : one.revision - 1);
  const names = new Set(
    told.flatMap((one) => {
      // An end names the version that ended, and brings none.
      if (one.kind === 'gone') return [];
      return [nameOf(one.kind === 'version' ? one.element : { ...one, kind: one.of }, false)];
    }),
  );
  const has = (one: (typeof based)[number]) => {
    const name = nameOf({ ...one, kind: one.of, revision: baseOf(one) }, false);
    return known.has(name) || names.has(name);
  };
  const lacking = [...new Set(based.filter((one) => !has(one)).map(({ id }) => id))];
  if (lacking.length > 0)
    for (const element of await archive.versions(lacking)) if (element.origin === origin) know(element);

  const events: GraphEvent[] = [];
  let unresolved = 0;
  const { revision } = graph;
  for (const one of told) {
    if (one.kind === 'version') {
      const element: Element = { ...one.element, origin, host, recordedAt, deletedAt: undefined, validTo: undefined };
      const kind = element.revision === 1 || isWhole ? 'added' : 'updated';
      events.push({ revision, kind, element, before: undefined, ...(isWhole ? { isReopened: true } : {}) });
      continue;
    }
    const before = known.get(nameOf({ ...one, kind: one.of, revision: baseOf(one) }, false));
    if (!before) {
      unresolved++;
      continue;
    }
    if (one.kind === 'gone') {
      const { deletedAt } = one;
      events.push({ revision, kind: 'removed', element: { ...before, deletedAt, validTo: deletedAt }, before });
      continue;
    }
    const { set, unset, updatedAt } = one;
    const metadata = changed(before.metadata, set, unset);
    const element: Element = { ...before, metadata, updatedAt, recordedAt, revision: one.revision };
    know(element);
    events.push({ revision, kind: 'updated', element, before });
  }
  return { events, unresolved };
}

function changed(metadata: Metadata, set: Metadata, unset: readonly string[]): Metadata {
  const gone = new Set(unset);
  return Object.fromEntries([...Object.entries(metadata).filter(([key]) => !gone.has(key)), ...Object.entries(set)]);
}

function nameOf(
  { kind, id, createdAt, revision }: Pick<Element, 'kind' | 'id' | 'createdAt' | 'revision'>,
  isEnd: boolean,
): string {
  return `${kind} ${createdAt} ${isEnd ? 'end' : revision} ${id}`;
}
