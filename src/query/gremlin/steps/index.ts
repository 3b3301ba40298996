/** The steps of the standard dialect. A new one is a file and a line here. */
import type { TraversalStep } from '../step.ts';
import { addE } from './add-e.ts';
import { addV } from './add-v.ts';
import { aggregate, store } from './aggregate.ts';
import { branch } from './branch.ts';
import { cap } from './cap.ts';
import { choose } from './choose.ts';
import { coalesce } from './coalesce.ts';
import { count } from './count.ts';
import { drop } from './drop.ts';
import { fail } from './fail.ts';
import { flatMap } from './flat-map.ts';
import { e, v } from './graph.ts';
import { group } from './group.ts';
import { groupCount } from './group-count.ts';
import { has, hasId, hasKey, hasLabel, hasNot, hasValue } from './has.ts';
import { identity } from './identity.ts';
import { inject } from './inject.ts';
import { is } from './is.ts';
import { limit } from './limit.ts';
import { local } from './local.ts';
import { loops } from './loops.ts';
import { map } from './map.ts';
import { optional } from './optional.ts';
import { path } from './path.ts';
import { property } from './property.ts';
import { repeat } from './repeat.ts';
import { sack } from './sack.ts';
import { select } from './select.ts';
import { sideEffect } from './side-effect.ts';
import { subgraph } from './subgraph.ts';
import { union } from './union.ts';
import { values } from './values.ts';
import { both, bothE, in_, inE, out, outE } from './vertex.ts';

export const traversalSteps: readonly TraversalStep[] = [
  subgraph,
  sack,
  groupCount,
  group,
  fail,
  cap,
  store,
  aggregate,
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
  hasId,
  hasKey,
  hasLabel,
  hasNot,
  hasValue,
  identity,
  count,
  limit,
  path,
  branch,
  choose,
  coalesce,
  flatMap,
  local,
  loops,
  map,
  optional,
  repeat,
  select,
  sideEffect,
  union,
  values,
  is,
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
