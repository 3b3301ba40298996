/** The value under a key, of anything that has keys: what `by('name')` and `values` read. */
import type { Element } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import { Several } from '../property-graph.ts';
import type { Run } from '../run/run.ts';
import { NOTHING, type Nothing } from '../step.ts';
import { GMap } from '../value/collections.ts';
import { javaText } from '../value/java-text.ts';
import { javaType } from '../value/java-type.ts';
import { type GValue, Tree, VertexProperty } from '../value/value.ts';
import { elementNames } from './element-names.ts';

/**
 * NOTHING when an element has no such key: a `by` is then not productive; a map says null there. Of several values the
 * first. Throws a Mistake for what has no keys.
 */
export function readValue(value: GValue, key: string, run: Run): GValue | Nothing {
  if (isElement(value)) {
    const found = run.model.reader(key)(run.fresh(value), run.view);
    if (found === undefined) return run.isProductive(key) ? null : NOTHING;
    return found instanceof Several ? (found.values[0] ?? null) : found;
  }
  if (value instanceof GMap) return value.get(key) ?? null;
  if (value instanceof VertexProperty) return value.meta?.get(key) ?? (run.isProductive(key) ? null : NOTHING);
  if (value instanceof Tree) return null;
  if (value === null) return NOTHING;
  const shown = javaText(value, elementNames(run)).slice(0, SHOWN_MAX);
  throw mistake(
    'gremlin.type',
    `The by("${key}") modulator can only be applied to a traverser that is an Element or a Map - it is being applied to [${shown}] a ${javaType(value)} class instead`,
  );
}

/** Characters of a value in a message. */
const SHOWN_MAX = 200;

export function isElement(value: GValue): value is Element & GValue {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'node' || value.kind === 'edge')
  );
}
