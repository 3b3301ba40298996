/** Parameters of services that ask for flows: any field of a flow, and which part of the flows, in which order. */
import { flowFields, isFlowField } from '../../../flow/fields.ts';
import type { Flow } from '../../../flow/flow.ts';
import type { GraphNode } from '../../../graph/element.ts';
import { orderOf } from '../../compare.ts';
import { flowConditions, flowKey } from '../../flowkey.ts';
import { isSortable } from '../../flowsort.ts';
import { flowStage } from '../../flowsource.ts';
import { compileKey } from '../../key.ts';
import { sorted } from '../../sorted.ts';
import type { Items } from '../../step.ts';
import type { Run } from '../run/run.ts';
import type { GMap } from '../value/collections.ts';
import { Parameters } from './parameters.ts';
import { wantedBy } from './wanted.ts';

export const flowParameters = {
  'any field of a flow':
    "Its value, a list of values, or a predicate: `['Transport.B': 443]`, `['Metric.ABBytes': 'GT(1000)']`. The fields: reference/flows.md.",
  sort: 'The field to sort by.',
  order: "'asc' or 'desc'.",
  skip: 'How many of them to leave out first.',
  limit: 'How many of them there are at most.',
} as const;

const own = ['sort', 'order', 'skip', 'limit'];

/** Undefined among them is a breath. `at`: those that were seen there; everywhere without. */
export function flowsAsked(
  service: string,
  parameters: GMap,
  at: GraphNode | undefined,
  run: Run,
  more: readonly string[] = [],
): Items<Flow> {
  const known = [...own, ...more];
  const names = [...known, ...flowFields.map(({ name }) => name)];
  const asked = new Parameters(service, parameters, names, isFlowField);
  const where = [...parameters].flatMap(([name, wanted]) =>
    known.includes(name as string)
      ? []
      : flowConditions([{ key: compileKey(name as string), predicate: wantedBy(wanted) }]),
  );
  const skip = asked.count('skip') ?? 0;
  const limit = asked.count('limit') ?? Number.POSITIVE_INFINITY;
  const isDescending = isDescendingBy(asked);
  const key = sortKey(asked);
  const isKept = key === undefined || isSortable(key.field);
  const sort = key && isKept ? { field: key.field, isDescending } : undefined;
  const part = isKept ? { skip, limit } : { skip: 0, limit: Number.POSITIVE_INFINITY };
  const ask = { where, sort, ...part, counts: false, fields: undefined };
  const found = flowStage(ask, at === undefined ? 'start' : 'nodes')(at === undefined ? [] : [at], run) as Items<Flow>;
  if (key === undefined || isKept) return found;
  return partOf(sorted(found, key.read, orderOf(isDescending), run, 'flows'), skip, limit);
}

function isDescendingBy(asked: Parameters): boolean {
  const order = asked.text('order') ?? 'asc';
  if (order !== 'asc' && order !== 'desc') throw asked.wrong('order', "is 'asc' or 'desc'");
  return order === 'desc';
}

function sortKey(asked: Parameters) {
  const field = asked.text('sort');
  if (field === undefined) return asked.has('order') ? flowKey('Last') : undefined;
  if (!isFlowField(field)) throw asked.wrong('sort', `is no field of a flow: "${field}"`);
  return flowKey(field);
}

function* partOf(flows: Items<Flow>, skip: number, limit: number): Generator<Flow | undefined> {
  let at = 0;
  for (const flow of flows) {
    if (at >= skip + limit) return;
    if (flow === undefined) yield undefined;
    else if (at++ >= skip) yield flow;
  }
}
