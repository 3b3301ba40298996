/** What a name means to a traverser: a key of the map it is, a side-effect, or a place on its way. (TinkerPop: Scoping.) */
import type { Run } from '../run/run.ts';
import type { Trail, Traverser } from '../run/traverser.ts';
import { NOTHING, type Nothing } from '../step.ts';
import { GMap } from '../value/collections.ts';
import type { GValue } from '../value/value.ts';

export type Pop = 'first' | 'last' | 'all' | 'mixed';

/** NOTHING where the name means nothing. */
export function scopeValue(traverser: Traverser, name: GValue, pop: Pop, run: Run): GValue | Nothing {
  const { value, trail } = traverser;
  if (value instanceof GMap) {
    const held = value.get(name);
    if (held !== undefined || value.has(name)) return held ?? null;
  }
  if (typeof name !== 'string') return NOTHING;
  if (run.sideEffects.has(name)) return run.sideEffects.get(name) ?? null;
  return onTrail(trail, name, pop);
}

/** What was at the places of a name. */
export function onTrail(trail: Trail | undefined, name: string, pop: Pop): GValue | Nothing {
  if (pop === 'last') {
    for (let at = trail; at !== undefined; at = at.before) if (at.labels.includes(name)) return at.value;
    return NOTHING;
  }
  const found: GValue[] = [];
  for (let at = trail; at !== undefined; at = at.before) if (at.labels.includes(name)) found.push(at.value);
  if (found.length === 0) return NOTHING;
  if (pop === 'first') return found.at(-1) as GValue;
  return pop === 'mixed' && found.length === 1 ? (found[0] as GValue) : found.reverse();
}
