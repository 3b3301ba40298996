/** Values as people read them: `Prefix 10.0.0.0/24, NextHops (IP 10.0.0.1)`, and not as JSON. */
import type { Value } from './element.ts';
import { equal } from './value.ts';

export function inWords(value: Value | undefined): string {
  if (value === undefined || value === null) return 'none';
  if (!isTable(value)) return Array.isArray(value) ? listed(value) : String(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return entries.length === 0 ? 'none' : entries.map(([key, one]) => `${key} ${nested(one)}`).join(', ');
}

/** Of two tables what differs: `Rules 3 → 4, Chains 2 → none`. Undefined: they are not both tables. */
export function differenceInWords(before: Value | undefined, after: Value | undefined): string | undefined {
  if (!isTable(before) || !isTable(after)) return undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !equal(before[key], after[key]))
    .map((key) => `${key} ${nested(before[key])} → ${nested(after[key])}`)
    .join(', ');
}

function listed(value: readonly Value[]): string {
  return value.length === 0 ? 'none' : value.map(nested).join(', ');
}

function nested(value: Value | undefined): string {
  const text = inWords(value);
  return isTable(value) && text !== 'none' ? `(${text})` : text;
}

function isTable(value: Value | undefined): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
