/** Packets and drops inside the entries of `Captures`, as Skydive shows them: of the moment that is looked at. */
import { seriesOf } from '../capture/entries.ts';
import type { GraphNode, GraphView, Metadata } from '../graph/view.ts';

/** The metadata of a node as it is shown: as it is, unless something was counted. */
export function withCaptureCounters({ id }: GraphNode, metadata: Metadata, view: GraphView): Metadata {
  const { Captures } = metadata;
  if (!Array.isArray(Captures)) return metadata;
  const entries = Captures.map((entry: Metadata) => {
    const counters = view.counters(id, seriesOf(String(entry?.ID)));
    return counters ? { ...entry, ...counters.total } : entry;
  });
  return { ...metadata, Captures: entries };
}
