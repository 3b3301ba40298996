/** Filters: elements pass or do not. */
import type { Element } from '../graph/element.ts';
import { type Condition, meetsAll, meetsAny } from './condition.ts';
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
