/** What a rule does: rules that do the same are the same, whatever they are called. */
import type { NewRule, Rule } from './rule.ts';

export function essence({
  Name: _,
  Description: __,
  UUID: ___,
  ...rest
}: NewRule<Rule> & { readonly UUID?: string }): string {
  return JSON.stringify(sorted(rest));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}
