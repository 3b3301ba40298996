/** A key of a flow: `Network.A`, `TCP.B`, `Metric.ABBytes`; to a filter `Network` alone stands for both of its ends. */
import { bothEnds, canonicalField, fieldValue, topOf } from '../flow/fields.ts';
import type { Flow } from '../flow/flow.ts';
import type { FlowCondition, FlowTest } from '../flow/view.ts';
import type { Value } from '../graph/element.ts';
import type { Condition } from './condition.ts';
import { compileKey, type Key } from './key.ts';

export interface FlowKey {
  /** Its name in the vocabulary of flows. */
  readonly field: string;
  /** What stands under it. */
  read(flow: Flow): Value | undefined;
  /** What a filter looks at. */
  compared(flow: Flow): Value | undefined;
}

export function flowKey(text: string): FlowKey {
  const field = canonicalField(text);
  const { find } = compileKey(field);
  const read = (flow: Flow) => find(plain(flow));
  return { field, read, compared: bothEnds.has(field) ? (flow) => fieldValue(flow, field) : read };
}

/** The names at the top of a flow under which these keys lie. */
export function topsOf(keys: readonly Key[]): string[] {
  return keys.map(({ text }) => topOf(text));
}

/** A flow is plain data. */
function plain(flow: Flow): Value {
  return flow as unknown as Value;
}

export function flowTest({ key, predicate }: Condition): FlowTest {
  return { field: flowKey(key.text).field, test: (value) => predicate.test(value), equals: predicate.equals };
}

/** All of them hold. */
export function flowConditions(conditions: readonly Condition[]): FlowCondition[] {
  return conditions.map((condition) => ({ anyOf: [flowTest(condition)] }));
}

/** Flows that meet all of the conditions, as a filter of a stream. */
export function meetsFlow(conditions: readonly FlowCondition[]): (flow: Flow) => boolean {
  const ready = conditions.map(({ anyOf }) =>
    anyOf.map(({ field, test }) => ({ test, compared: flowKey(field).compared })),
  );
  return (flow) => ready.every((anyOf) => anyOf.some(({ test, compared }) => test(compared(flow))));
}
