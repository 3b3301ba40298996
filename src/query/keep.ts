/** Filters: elements and flows pass or do not. */
import type { Flow } from '../flow/flow.ts';
import type { FlowCondition } from '../flow/view.ts';
import type { Element } from '../graph/element.ts';
import { type Condition, meetsAll, meetsAny } from './condition.ts';
import { meetsFlow } from './flowkey.ts';
import type { Items, Run } from './step.ts';

export function keepAll(conditions: readonly Condition[]) {
  return function* (input: Items<Element>, { view }: Run): Generator<Element | undefined> {
    for (const element of input) if (element === undefined || meetsAll(conditions, element, view)) yield element;
  };
}

export function keepAny(conditions: readonly Condition[]) {
  return function* (input: Items<Element>, { view }: Run): Generator<Element | undefined> {
    for (const element of input) if (element === undefined || meetsAny(conditions, element, view)) yield element;
  };
}

export function keepFlows(conditions: readonly FlowCondition[]) {
  const meets = meetsFlow(conditions);
  return function* (input: Items<Flow>, { budget }: Run): Generator<Flow | undefined> {
    for (const flow of input) {
      if (flow === undefined || budget.spend()) yield undefined;
      if (flow !== undefined && meets(flow)) yield flow;
    }
  };
}
