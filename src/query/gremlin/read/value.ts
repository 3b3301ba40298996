/** The value under a key, of anything that has keys: what `by('name')` and `values` read. */
import type { Element } from '../../../graph/element.ts';
import { Several } from '../property-graph.ts';
import type { Run } from '../run/run.ts';
import { NOTHING, type Nothing } from '../step.ts';
import { GMap } from '../value/collections.ts';
import { type GValue, VertexProperty } from '../value/value.ts';

/** NOTHING when there is no such key: a `by` is then not productive. Of several values the first. */
export function readValue(value: GValue, key: string, run: Run): GValue | Nothing {
  if (isElement(value)) {
    const found = run.model.reader(key)(run.fresh(value), run.view);
    if (found === undefined) return run.isProductive(key) ? null : NOTHING;
    return found instanceof Several ? (found.values[0] ?? null) : found;
  }
  if (value instanceof GMap) return value.get(key) ?? (value.has(key) ? null : run.isProductive(key) ? null : NOTHING);
  if (value instanceof VertexProperty) return value.meta?.get(key) ?? (run.isProductive(key) ? null : NOTHING);
  return NOTHING;
}

export function isElement(value: GValue): value is Element & GValue {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'node' || value.kind === 'edge')
  );
}
