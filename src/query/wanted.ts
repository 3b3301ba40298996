/** How much of a moment a query looks at: an archive far away need not show the rest. */
import type { GraphView, Wanted } from '../graph/view.ts';
import type { CheckedStep } from './check.ts';
import { type Condition, meetsAll } from './condition.ts';
import { counterKeys } from './counters.ts';

export interface WantedPlan {
  readonly of: 'nodes' | 'edges';
  readonly conditions: readonly Condition[];
  readonly limit: number | undefined;
}

/** Steps that look at nothing but the elements that come to them, and their counters. */
const LOOKS_NO_FURTHER = new Set([
  'Count',
  'Dedup',
  'Keys',
  'Limit',
  'Max',
  'Mean',
  'Min',
  'Range',
  'Sort',
  'Sum',
  'ValueMap',
  'Values',
]);

/** Undefined: anything may be looked at. `next`: the first step behind the source and its filters. */
export function wantedOf(
  steps: readonly CheckedStep[],
  {
    of,
    conditions,
    next,
  }: { readonly of: 'nodes' | 'edges'; readonly conditions: readonly Condition[]; readonly next: number },
): WantedPlan | undefined {
  if (!steps.slice(next).every(({ step }) => LOOKS_NO_FURTHER.has(step.name))) return undefined;
  if (conditions.some(({ key }) => counterKeys.some((name) => key.path === name || key.path?.startsWith(`${name}.`))))
    return undefined;
  const after = steps[next];
  const [limit] = after?.step.name === 'Limit' ? (after.args as readonly number[]) : [];
  return { of, conditions, limit };
}

/** `view`: any; none of these conditions asks it. */
export function wantedIn({ of, conditions, limit }: WantedPlan, view: GraphView): Wanted {
  const equals = conditions.flatMap(({ key: { path }, predicate }) =>
    path === undefined || predicate.equals === undefined ? [] : [{ path, values: predicate.equals }],
  );
  const passes: Wanted['passes'] = (element) => meetsAll(conditions, element, view);
  return { of, equals, passes, ...(limit !== undefined && { limit }) };
}
