/** The whole language, in the order the reference lists it. A new step is a file and a line here. */
import type { Step } from '../step.ts';
import { aggregates } from './aggregates.ts';
import { as_ } from './as.ts';
import { ascendants } from './ascendants.ts';
import { at } from './at.ts';
import { between } from './between.ts';
import { both } from './both.ts';
import { bothE } from './bothe.ts';
import { bothV } from './bothv.ts';
import { bpf } from './bpf.ts';
import { captureNode } from './capturenode.ts';
import { count } from './count.ts';
import { dedup } from './dedup.ts';
import { descendants } from './descendants.ts';
import { diff } from './diff.ts';
import { e } from './e.ts';
import { explain } from './explain.ts';
import { flows } from './flows.ts';
import { g } from './g.ts';
import { group } from './group.ts';
import { has } from './has.ts';
import { hasEither } from './haseither.ts';
import { hasKey } from './haskey.ts';
import { hasNot } from './hasnot.ts';
import { history } from './history.ts';
import { hops } from './hops.ts';
import { in_ } from './in.ts';
import { inE } from './ine.ts';
import { inV } from './inv.ts';
import { keys } from './keys.ts';
import { limit } from './limit.ts';
import { max } from './max.ts';
import { mean } from './mean.ts';
import { metrics } from './metrics.ts';
import { min } from './min.ts';
import { moreThan } from './morethan.ts';
import { neighbors } from './neighbors.ts';
import { nextHop } from './nexthop.ts';
import { nodes } from './nodes.ts';
import { out } from './out.ts';
import { outE } from './oute.ts';
import { outV } from './outv.ts';
import { profile } from './profile.ts';
import { range } from './range.ts';
import { rawPackets } from './rawpackets.ts';
import { select } from './select.ts';
import { shortestPathTo } from './shortestpathto.ts';
import { sockets } from './sockets.ts';
import { sort } from './sort.ts';
import { subGraph } from './subgraph.ts';
import { sum } from './sum.ts';
import { v } from './v.ts';
import { valueMap } from './valuemap.ts';
import { values } from './values.ts';
import { workflow } from './workflow.ts';

export const steps: readonly Step[] = [
  g,
  v,
  e,
  at,
  between,
  diff,
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
  descendants,
  ascendants,
  neighbors,
  shortestPathTo,
  subGraph,
  dedup,
  limit,
  range,
  sort,
  values,
  valueMap,
  keys,
  count,
  sum,
  max,
  min,
  mean,
  as_,
  select,
  history,
  metrics,
  aggregates,
  nextHop,
  flows,
  hops,
  captureNode,
  nodes,
  group,
  moreThan,
  rawPackets,
  bpf,
  sockets,
  explain,
  profile,
  workflow,
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
