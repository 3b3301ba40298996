/** Metadata without what is not known: absent is absent, not null. */
import type { Metadata, Value } from '../../graph/element.ts';

export function present(values: Readonly<Record<string, Value | undefined>>): Metadata {
  const known: Record<string, Value> = {};
  for (const key in values) {
    const value = values[key];
    if (value !== undefined) known[key] = value;
  }
  return known;
}
