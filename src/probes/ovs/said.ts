/** Metadata of what is known: what is not is left out. */
import type { Metadata, Value } from '../../graph/element.ts';

export function text(value: string | number | boolean | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : String(value);
}

export function object(values: Readonly<Record<string, Value | undefined>>): Metadata | undefined {
  const result = known(values);
  return Object.keys(result).length > 0 ? result : undefined;
}

export function known(values: Readonly<Record<string, Value | undefined>>): Metadata {
  const entries = Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
