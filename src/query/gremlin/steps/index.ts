/** The steps of the standard dialect. A new one is a file and a line here. */
import type { TraversalStep } from '../step.ts';
import { addE } from './add-e.ts';
import { addV } from './add-v.ts';
import { aggregate, store } from './aggregate.ts';
import { asBool } from './as-bool.ts';
import { asNumber } from './as-number.ts';
import { asString } from './as-string.ts';
import { barrier } from './barrier.ts';
import { branch } from './branch.ts';
import { call } from './call.ts';
import { cap } from './cap.ts';
import { choose } from './choose.ts';
import { coalesce } from './coalesce.ts';
import { coin } from './coin.ts';
import { concat } from './concat.ts';
import { conjoin } from './conjoin.ts';
import { connectedComponent } from './connected-component.ts';
import { and, filter, not, or } from './connectives.ts';
import { constant } from './constant.ts';
import { count } from './count.ts';
import { asDate, dateAdd, dateDiff } from './dates.ts';
import { dedup } from './dedup.ts';
import { drop } from './drop.ts';
import { bothV, inV, otherV, outV, toV } from './edge-vertex.ts';
import { element } from './element.ts';
import { elementMap } from './element-map.ts';
import { id, key, label, value } from './element-part.ts';
import { max, min } from './extremes.ts';
import { fail } from './fail.ts';
import { flatMap } from './flat-map.ts';
import { fold } from './fold.ts';
import { format } from './format.ts';
import { e, v } from './graph.ts';
import { group } from './group.ts';
import { groupCount } from './group-count.ts';
import { has, hasId, hasKey, hasLabel, hasNot, hasValue } from './has.ts';
import { identity } from './identity.ts';
import { index } from './indexed.ts';
import { inject } from './inject.ts';
import { io } from './io.ts';
import { is } from './is.ts';
import { length } from './length.ts';
import { combine, difference, disjunct, intersect, merge, product } from './lists.ts';
import { local } from './local.ts';
import { loops } from './loops.ts';
import { map } from './map.ts';
import { match } from './match.ts';
import { math } from './math.ts';
import { mean } from './mean.ts';
import { all, any, discard, none } from './members.ts';
import { mergeE } from './merge-e.ts';
import { mergeV } from './merge-v.ts';
import { optional } from './optional.ts';
import { order } from './order.ts';
import { pageRank } from './page-rank.ts';
import { path } from './path.ts';
import { peerPressure } from './peer-pressure.ts';
import { profile } from './profile.ts';
import { project } from './project.ts';
import { properties } from './properties.ts';
import { property } from './property.ts';
import { propertyMap } from './property-map.ts';
import { limit, range, skip } from './range.ts';
import { repeat } from './repeat.ts';
import { replace } from './replace.ts';
import { reverse } from './reverse.ts';
import { sack } from './sack.ts';
import { sample } from './sample.ts';
import { select } from './select.ts';
import { shortestPath } from './shortest-path.ts';
import { sideEffect } from './side-effect.ts';
import { cyclicPath, simplePath } from './simple-path.ts';
import { split } from './split.ts';
import { subgraph } from './subgraph.ts';
import { substring } from './substring.ts';
import { sum } from './sum.ts';
import { tail } from './tail.ts';
import { toLower, toUpper } from './text-case.ts';
import { timeLimit } from './time-limit.ts';
import { tree } from './tree.ts';
import { lTrim, rTrim, trim } from './trim.ts';
import { unfold } from './unfold.ts';
import { union } from './union.ts';
import { valueMap } from './value-map.ts';
import { values } from './values.ts';
import { both, bothE, in_, inE, out, outE, to, toE } from './vertex.ts';
import { where } from './where.ts';

export const traversalSteps: readonly TraversalStep[] = [
  io,
  call,
  mergeE,
  mergeV,
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
  is,
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
  shortestPath,
  connectedComponent,
  peerPressure,
  pageRank,
  profile,
  tree,
  match,
  barrier,
  values,
  asBool,
  asNumber,
  asString,
  concat,
  conjoin,
  constant,
  asDate,
  dateAdd,
  dateDiff,
  bothV,
  inV,
  otherV,
  outV,
  toV,
  element,
  elementMap,
  id,
  key,
  label,
  value,
  max,
  min,
  fold,
  format,
  index,
  length,
  combine,
  difference,
  disjunct,
  intersect,
  merge,
  product,
  math,
  mean,
  project,
  properties,
  propertyMap,
  replace,
  reverse,
  split,
  substring,
  sum,
  toLower,
  toUpper,
  lTrim,
  rTrim,
  trim,
  unfold,
  valueMap,
  to,
  toE,
  and,
  filter,
  not,
  or,
  where,
  range,
  skip,
  tail,
  order,
  dedup,
  all,
  any,
  discard,
  none,
  coin,
  sample,
  cyclicPath,
  simplePath,
  timeLimit,
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
