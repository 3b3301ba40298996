/** The steps of the standard dialect. A new one is a file and a line here. */
import type { TraversalStep } from '../step.ts';
import { addE } from './add-e.ts';
import { addV } from './add-v.ts';
import { count } from './count.ts';
import { drop } from './drop.ts';
import { e, v } from './graph.ts';
import { has } from './has.ts';
import { identity } from './identity.ts';
import { inject } from './inject.ts';
import { limit } from './limit.ts';
import { path } from './path.ts';
import { property } from './property.ts';
import { values } from './values.ts';
import { both, bothE, in_, inE, out, outE } from './vertex.ts';

export const traversalSteps: readonly TraversalStep[] = [
  addE,
  addV,
  drop,
  property,
  v,
  e,
  inject,
  out,
  in_,
  both,
  outE,
  inE,
  bothE,
  has,
  identity,
  count,
  limit,
  path,
  values,
];

export function stepNamed(name: string): TraversalStep | undefined {
  return byName().get(name);
}

export function stepNames(): Iterable<string> {
  return byName().keys();
}

/** Made when first asked for: a step that has children reaches back here. */
let names: Map<string, TraversalStep> | undefined;
function byName(): Map<string, TraversalStep> {
  names ??= new Map(traversalSteps.map((step) => [step.name, step]));
  return names;
}
