/** What differs between two moments, by looking only at what happened between them. */
import { difference } from './diff.ts';
import type { Graph } from './graph.ts';
import { PastView } from './past.ts';
import { NodeSlot, type Slot } from './slot.ts';
import type { Difference, Span } from './view.ts';

export function differencesBetween(graph: Graph, span: Span): Difference[] {
  const { log } = graph;
  const [from, to] = [log.momentAt(span.from), log.momentAt(span.to)];
  const touched = new Set<Slot>();
  for (let position = from.lower; position < to.upper; position++) {
    const slot = log.slotOf(position);
    touched.add(slot);
    // An edge can come into sight, or go out of it, by what happens to its ends.
    if (graph.isMirror && slot instanceof NodeSlot)
      for (const edges of [slot.out, slot.in])
        for (const edge of edges?.candidates(from.lower) ?? []) touched.add(edge);
  }
  const before = new PastView(graph, from, undefined);
  const after = new PastView(graph, to, undefined);
  return [...touched].flatMap((slot) => difference(before.versionOf(slot), after.versionOf(slot)));
}
