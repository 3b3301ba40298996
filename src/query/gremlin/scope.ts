/** What a name stands for where a traverser is: a key of its map, a side-effect, or the last place on its way so called. */
import type { Run } from './run.ts';
import { NOTHING, type Nothing } from './step.ts';
import type { Traverser } from './traverser.ts';
import { GMap } from './value/collections.ts';
import type { GValue } from './value/value.ts';

export function scoped({ value, trail }: Traverser, name: string, run: Run): GValue | Nothing {
  if (value instanceof GMap && value.has(name)) return value.get(name) ?? null;
  const held = run.sideEffects.get(name);
  if (held !== undefined) return held;
  for (let at = trail; at !== undefined; at = at.before) if (at.labels.includes(name)) return at.value;
  return NOTHING;
}
