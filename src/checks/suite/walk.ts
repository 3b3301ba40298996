/** Goes through a value along its shape: applies the rules, and gives values of variables the kind that is wanted there. */
import type * as z from 'zod';
import type { Path } from './document.ts';
import { rules, type Surroundings } from './rules.ts';
import type { Json } from './suite.ts';
import { bare, below, chosen, defOf, words } from './words.ts';

export function applyRules(schema: z.core.$ZodType, value: Json, path: Path, around: Surroundings): void {
  const outer = bare(schema);
  const inner = chosen(outer, value);
  for (const one of new Set([outer, inner])) {
    const { rule } = words.get(one as z.ZodType) ?? {};
    if (rule !== undefined) rules[rule](value, path, around);
  }
  for (const [step, item] of entriesOf(value)) {
    const next = below(inner, step);
    if (next !== undefined) applyRules(next, item, [...path, step], around);
  }
}

/** A port that is given as text by the environment is a number all the same. */
export function fitted(schema: z.core.$ZodType, value: Json, path: Path, isFilled: (path: Path) => boolean): Json {
  if (typeof value !== 'object' || value === null) return isFilled(path) ? ofKind(schema, value) : value;
  const inner = chosen(schema, value);
  const suited = (step: string | number, item: Json) => {
    const next = below(inner, step);
    return next === undefined ? item : fitted(next, item, [...path, step], isFilled);
  };
  if (Array.isArray(value)) return value.map((item: Json, index) => suited(index, item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, suited(key, item as Json)]));
}

function ofKind(schema: z.core.$ZodType, value: Json): Json {
  const kinds = kindsOf(schema);
  if (typeof value === 'string') {
    if (kinds.has('string') || kinds.has('enum')) return value;
    if (kinds.has('number') && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
    if (kinds.has('boolean') && /^(true|false)$/.test(value)) return value === 'true';
    return value;
  }
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  return isScalar && !kinds.has(typeof value) && kinds.has('string') ? String(value) : value;
}

function kindsOf(schema: z.core.$ZodType): ReadonlySet<string> {
  const inner = bare(schema);
  const { type, options } = defOf(inner);
  return new Set(options ? options.flatMap((option) => [...kindsOf(option)]) : [type]);
}

function entriesOf(value: Json): readonly (readonly [string | number, Json])[] {
  if (Array.isArray(value)) return [...(value as readonly Json[]).entries()];
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
