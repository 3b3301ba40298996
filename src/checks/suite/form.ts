/** What zod says of a value, in sentences with a place: each unknown key and each wrong value is a fault of its own. */
import type * as z from 'zod';
import { nearest } from '../../std/nearest.ts';
import type { Path, Placed } from './document.ts';
import type { Report } from './faults.ts';
import type { Json } from './suite.ts';
import { bare, below, chosen, defOf, words } from './words.ts';

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
}

/** `at`: where `value` stands in the document. */
export function checkForm(schema: z.ZodType, value: Json, at: Path, placed: Placed, report: Report): void {
  const parsed = schema.safeParse(value);
  if (parsed.success) return;
  for (const issue of parsed.error.issues as readonly Issue[]) tell(issue, { schema, value, at, placed, report });
}

interface Told {
  readonly schema: z.core.$ZodType;
  readonly value: Json;
  readonly at: Path;
  readonly placed: Placed;
  readonly report: Report;
}

function tell(issue: Issue, told: Told): void {
  const { at, placed, report } = told;
  const steps = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const { schema, value } = stepsDown(told, steps);
  const path = [...at, ...steps];
  if (issue.code === 'invalid_union' && issue.errors && value !== undefined) {
    tellChosen(issue, { ...told, schema, value, at: path });
    return;
  }
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(defOf(chosen(schema, value)).shape ?? {});
    for (const key of issue.keys ?? []) {
      const meant = nearest(key, known);
      const hint = meant ? `did you mean ${meant}?` : known.length > 0 ? `known here: ${known.join(', ')}` : undefined;
      report('unknown-key', placed.keyPositionOf([...path, key]), `nothing is called "${key}" here`, hint);
    }
    return;
  }
  const name = nameOf(path);
  const { is = 'something else' } = words.get(schema as z.ZodType) ?? words.get(bare(schema) as z.ZodType) ?? {};
  if (issue.code === 'invalid_key') {
    const key = String(steps.at(-1));
    report('key', placed.keyPositionOf(path), `"${short(key)}" is no name here`, 'letters, digits and _');
  } else if (value === undefined) report('missing', placed.positionOf(path), `${name} is missing`, `it is ${is}`);
  else {
    const entries = Object.keys(defOf(bare(schema)).entries ?? {});
    const meant = typeof value === 'string' ? nearest(value, entries) : undefined;
    report(
      'value',
      placed.positionOf(path),
      `${name} is ${is}, not ${shown(value)}`,
      meant && `did you mean ${meant}?`,
    );
  }
}

/** Of a choice: what is wrong with the one that was meant, by the kind of the value. */
function tellChosen(issue: Issue, told: Told): void {
  const { options = [] } = defOf(bare(told.schema));
  const meant = chosen(told.schema, told.value);
  const index = options.findIndex((option) => chosen(option, told.value) === meant);
  const issues = meant === bare(told.schema) ? undefined : issue.errors?.[index];
  if (issues === undefined) {
    const { is = 'something else' } = words.get(bare(told.schema) as z.ZodType) ?? {};
    told.report('value', told.placed.positionOf(told.at), `${nameOf(told.at)} is ${is}, not ${shown(told.value)}`);
    return;
  }
  for (const one of issues) tell(one, { ...told, schema: meant });
}

function stepsDown(told: Told, steps: Path): { schema: z.core.$ZodType; value: Json | undefined } {
  let schema = told.schema;
  let value: Json | undefined = told.value;
  for (const step of steps) {
    schema = below(chosen(schema, value), step) ?? schema;
    value = valueIn(value, step);
  }
  return { schema: bare(schema), value };
}

export function valueIn(value: Json | undefined, step: string | number): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<string | number, Json>)[step];
}

/** `"port"`, `checks[2]`, `tags[0]`. */
function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  if (typeof last === 'number') return `${path.at(-2) ?? ''}[${last}]`;
  return `"${short(last)}"`;
}

export function shown(value: Json): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `"${short(value)}"` : String(value);
}

export function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
