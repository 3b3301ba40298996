/**
 * What the archive has and what is still in memory, as one: for as long as nothing can be written. Of a version that
 * both know, memory knows the end.
 */
import type { Element, GraphView, Sample, Span } from '../graph/view.ts';
import { SnapshotView } from './snapshot.ts';

export function versionsTogether(archived: Iterable<Element>, live: Iterable<Element>): Element[] {
  const found = new Map<string, Element>();
  for (const elements of [archived, live])
    for (const element of elements) found.set(`${element.kind} ${element.updatedAt} ${element.id}`, element);
  return [...found.values()];
}

export function viewsTogether(span: Span, archived: GraphView, live: GraphView): GraphView {
  const all = (view: GraphView) => [...view.nodes(), ...view.edges()];
  return new SnapshotView(span, versionsTogether(all(archived), all(live)), {
    get: (id) => ({ get: (series) => live.counters(id, series) ?? archived.counters(id, series) }),
  });
}

export function samplesTogether(
  archived: ReadonlyMap<string, readonly Sample[]>,
  live: ReadonlyMap<string, readonly Sample[]>,
): Map<string, Sample[]> {
  return new Map(
    Array.from(archived, ([id, samples]) => {
      const byEnd = new Map([...samples, ...(live.get(id) ?? [])].map((sample) => [sample.last, sample]));
      return [id, [...byEnd.values()]];
    }),
  );
}
