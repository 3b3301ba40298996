/** What `explain()` and `profile()` tell, as rows of a table. */
import type { Metadata } from '../../graph/element.ts';
import type { StepMetrics, TraversalExplanation, TraversalMetrics } from '../../query/gremlin/value/value.ts';

/** The steps as they were written, after each strategy that changed them, and as they run. */
export function explanationRows({ original, intermediate, final }: TraversalExplanation): Metadata[] {
  const row = (stage: string, steps: readonly string[]) => ({ stage, steps: steps.join(', ') });
  return [
    row('as written', original),
    ...intermediate.map(({ strategy, steps }) => row(strategy, steps)),
    row('as run', final),
  ];
}

/** Steps within steps are moved to the right. */
export function profileRows({ metrics }: TraversalMetrics): Metadata[] {
  return metrics.flatMap((step) => rowsOf(step, ''));
}

function rowsOf({ name, counts, durationNanos, nested }: StepMetrics, indent: string): Metadata[] {
  const own = {
    step: indent + name,
    traversers: counts.get('traverserCount') ?? 0,
    elements: counts.get('elementCount') ?? 0,
    us: Math.round(durationNanos / 1000),
  };
  return [own, ...nested.flatMap((step) => rowsOf(step, `${indent}  `))];
}
