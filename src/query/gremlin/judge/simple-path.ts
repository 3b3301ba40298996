/** Whether a way comes to no value twice. */
import { isElement } from '../read/value.ts';
import type { Trail } from '../run/traverser.ts';
import { keyOf } from '../value/identity.ts';
import type { GValue } from '../value/value.ts';

/** Each place of a way remembers it, so that a longer way asks of its newest place alone. */
export function isSimple(trail: Trail | undefined): boolean {
  if (trail === undefined || trail.before === undefined) return true;
  if (trail.isSimple !== undefined) return trail.isSimple;
  const { before } = trail;
  if (before.isSimple !== undefined || before.before === undefined)
    trail.isSimple = before.isSimple !== false && !comesTo(trail.value, before);
  else settle(trail);
  return trail.isSimple === true;
}

/** Of all places of a way that nobody asked about yet. */
function settle(trail: Trail): void {
  const places: Trail[] = [];
  for (let at: Trail | undefined = trail; at !== undefined; at = at.before) places.push(at);
  const seen = new Set<unknown>();
  let simple = true;
  for (const place of places.reverse()) {
    if (simple) simple = seen.size < seen.add(keyOf(place.value)).size;
    place.isSimple = simple;
  }
}

export function areDistinct(values: readonly GValue[]): boolean {
  return new Set(values.map(keyOf)).size === values.length;
}

function comesTo(value: GValue, trail: Trail): boolean {
  if (isElement(value)) {
    const { kind, id } = value;
    for (let at: Trail | undefined = trail; at !== undefined; at = at.before)
      if (at.value === value || (isElement(at.value) && at.value.id === id && at.value.kind === kind)) return true;
    return false;
  }
  const key = keyOf(value);
  for (let at: Trail | undefined = trail; at !== undefined; at = at.before) if (keyOf(at.value) === key) return true;
  return false;
}
