/** Where flows come from: the store is asked once, with all that can be asked of it. */

import { topOf } from '../flow/fields.ts';
import type { Flow } from '../flow/flow.ts';
import type { FlowCondition, FlowQuery, FlowView } from '../flow/view.ts';
import type { GraphNode } from '../graph/element.ts';
import { mistake } from '../std/mistake.ts';
import { awaited, eachOf } from './awaited.ts';
import { orderOf } from './compare.ts';
import { flowKey } from './flowkey.ts';
import type { FlowAsk } from './flowplan.ts';
import type { Kind } from './kind.ts';
import { sorted } from './sorted.ts';
import type { Item, Items, Path, World } from './step.ts';

export function flowStage(ask: FlowAsk, takes: Kind): (input: readonly Item[], run: World) => Items {
  return (input, run) => {
    const flows = flowsOf(run);
    run.noteFlows();
    if (takes === 'start') return answered(flows, queryOf(ask, [], run), ask, run);
    const nodes = takes === 'paths' ? (input as readonly Path[]).flat() : (input as readonly GraphNode[]);
    const places = [...new Set(nodes.flatMap(({ metadata: { TID } }) => (typeof TID === 'string' ? [TID] : [])))];
    if (places.length === 0) return ask.counts ? [0] : [];
    return answered(flows, queryOf(ask, [capturedAt(places)], run), ask, run);
  };
}

/** Throws where nothing captures. */
export function flowsOf({ flows }: Pick<World, 'flows'>): FlowView {
  if (flows !== undefined) return flows;
  throw mistake('query.no-flows', 'no flow capture here: this server knows the topology alone');
}

function queryOf(
  { where, sort, skip, limit, fields }: FlowAsk,
  more: readonly FlowCondition[],
  { time }: World,
): FlowQuery {
  return {
    time,
    where: [...more, ...where],
    sort,
    skip: skip === 0 ? undefined : skip,
    limit: Number.isFinite(limit) ? limit : undefined,
    fields,
  };
}

function answered(flows: FlowView, query: FlowQuery, { counts }: FlowAsk, run: World): Items<Flow | number> {
  if (counts) return counted(flows, query, run);
  const { sort, limit, time } = query;
  if (sort === undefined || limit !== undefined || time !== undefined) return eachOf(flows.find(query), run);
  // All that lives, in order: a sort that can pause does not hold up the event loop.
  const { read } = flowKey(sort.field);
  const fields = query.fields && new Set([...query.fields, topOf(sort.field)]);
  return sorted(
    eachOf(flows.find({ ...query, sort: undefined, fields }), run),
    read,
    orderOf(sort.isDescending),
    run,
    'flows',
  );
}

function* counted(flows: FlowView, query: FlowQuery, run: World): Generator<number | undefined> {
  const parts = flows.countParts?.(query);
  if (parts === undefined) {
    yield yield* awaited(flows.count(query), run);
    return;
  }
  let count = 0;
  for (const part of parts) {
    if (run.budget.look()) yield undefined;
    count += part;
  }
  yield count;
}

function capturedAt(places: readonly string[]): FlowCondition {
  const wanted = new Set<unknown>(places);
  return { anyOf: [{ field: 'NodeTID', test: (value) => wanted.has(value), equals: places }] };
}
