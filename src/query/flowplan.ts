/**
 * What of a query a flow store can do itself: the filters, the order, the part and the count that follow `Flows()`
 * directly. The first step that would mean something else there ends it: `Limit` before `Has` is not `Has` before `Limit`.
 */
import { topOf } from '../flow/fields.ts';
import type { FlowCondition, FlowQuery } from '../flow/view.ts';
import type { Order } from './arguments.ts';
import type { CheckedStep } from './check.ts';
import type { Condition } from './condition.ts';
import { flowConditions, flowKey } from './flowkey.ts';
import { isSortable } from './flowsort.ts';

export interface FlowAsk {
  readonly where: readonly FlowCondition[];
  readonly sort: FlowQuery['sort'];
  readonly skip: number;
  /** Infinity: all of them. */
  readonly limit: number;
  /** Only how many there are. */
  readonly counts: boolean;
  /** What the steps after these read of flows; undefined: anything. */
  readonly fields: ReadonlySet<string> | undefined;
}

/** How many steps go to the store, `Flows` included, and what they ask of it. */
export function flowAskAt(
  steps: readonly CheckedStep[],
  at: number,
): { readonly steps: number; readonly ask: FlowAsk } {
  const { args } = steps[at] as CheckedStep;
  let ask: FlowAsk = {
    where: flowConditions(args as readonly Condition[]),
    sort: undefined,
    skip: 0,
    limit: Number.POSITIVE_INFINITY,
    counts: false,
    fields: undefined,
  };
  let next = at + 1;
  for (; next < steps.length && !ask.counts; next++) {
    const more = withStep(ask, steps[next] as CheckedStep);
    if (more === undefined) break;
    ask = more;
  }
  return { steps: next - at, ask: { ...ask, fields: fieldsRead(steps.slice(next)) } };
}

/** Of the flows that come to these steps; undefined when they read all, or flows are the answer. */
function fieldsRead(steps: readonly CheckedStep[]): ReadonlySet<string> | undefined {
  const read = new Set<string>();
  for (const { step, args, gives } of steps) {
    const tests = step.flowFilter?.(args).flatMap(({ anyOf }) => anyOf);
    const fields = tests ? tests.map(({ field }) => topOf(field)) : step.flowFields?.(args);
    if (fields === undefined) return undefined;
    for (const field of fields) read.add(field);
    if (gives !== 'flows') return read;
  }
  return undefined;
}

function withStep(ask: FlowAsk, { step, args }: CheckedStep): FlowAsk | undefined {
  const isPart = ask.skip > 0 || ask.limit < Number.POSITIVE_INFINITY;
  if (step.flowFilter !== undefined) {
    return isPart ? undefined : { ...ask, where: [...ask.where, ...step.flowFilter(args)] };
  }
  switch (step.name) {
    case 'Sort': {
      const { key, descending } = args as Order;
      const field = flowKey(key?.text ?? 'Last').field;
      // A second order keeps the first among equals.
      if (isPart || ask.sort !== undefined || !isSortable(field)) return undefined;
      return { ...ask, sort: { field, isDescending: descending } };
    }
    case 'Limit':
      return part(ask, 0, (args as readonly number[])[0] ?? 0);
    case 'Range':
      return part(ask, ...(args as readonly [number, number]));
    case 'Count':
      return { ...ask, counts: true };
    default:
      return undefined;
  }
}

/** A part of the part there is. */
function part(ask: FlowAsk, from: number, to: number): FlowAsk {
  return { ...ask, skip: ask.skip + from, limit: Math.max(0, Math.min(to, ask.limit) - from) };
}
