/** The whole language, in the order the reference lists it. A new step is a file and a line here. */
import type { Step } from '../step.ts';
import { as_ } from './as.ts';
import { both } from './both.ts';
import { bothE } from './bothe.ts';
import { bothV } from './bothv.ts';
import { count } from './count.ts';
import { dedup } from './dedup.ts';
import { e } from './e.ts';
import { g } from './g.ts';
import { has } from './has.ts';
import { hasEither } from './haseither.ts';
import { hasKey } from './haskey.ts';
import { hasNot } from './hasnot.ts';
import { in_ } from './in.ts';
import { inE } from './ine.ts';
import { inV } from './inv.ts';
import { keys } from './keys.ts';
import { limit } from './limit.ts';
import { out } from './out.ts';
import { outE } from './oute.ts';
import { outV } from './outv.ts';
import { range } from './range.ts';
import { select } from './select.ts';
import { sort } from './sort.ts';
import { v } from './v.ts';
import { valueMap } from './valuemap.ts';
import { values } from './values.ts';

export const steps: readonly Step[] = [
  g,
  v,
  e,
  has,
  hasKey,
  hasNot,
  hasEither,
  out,
  in_,
  both,
  outE,
  inE,
  bothE,
  outV,
  inV,
  bothV,
  dedup,
  limit,
  range,
  sort,
  count,
  values,
  valueMap,
  keys,
  as_,
  select,
];

const byName = new Map<string, Step>();
for (const step of steps)
  for (const name of [step.name, ...(step.aliases ?? [])]) {
    // As written and in lower case, so that the usual spelling needs no conversion.
    byName.set(name, step);
    byName.set(name.toLowerCase(), step);
  }

/** Names are read in any case. */
export function stepNamed(name: string): Step | undefined {
  return byName.get(name) ?? byName.get(name.toLowerCase());
}
