/** What flows counted, point by point. */
import type { Flow, FlowMetric } from '../flow/flow.ts';
import type { Sample } from '../graph/view.ts';
import { awaited } from './awaited.ts';
import { flowBatches } from './flowbatches.ts';
import { flowsOf } from './flowsource.ts';
import type { Items, Series, World } from './step.ts';

/** Flows whose points are asked for at once. */
const BATCH = 500;

export function* pointsOfFlows(
  input: Items<Flow>,
  { isTotal }: { readonly isTotal: boolean },
  run: World,
): Generator<Series | undefined> {
  const { time } = run;
  const isSpan = time !== undefined && time.from !== time.to;
  for (const batch of flowBatches(input, BATCH, run)) {
    if (batch === undefined || run.budget.look()) yield undefined;
    if (batch === undefined) continue;
    const asked = isTotal || time === undefined ? new Map() : flowsOf(run).metrics(batch.map(uuidOf), time);
    const points: Map<string, FlowMetric[]> = yield* awaited(asked, run);
    for (const { UUID, Metric, LastUpdateMetric = Metric } of batch) {
      if (run.budget.spend()) yield undefined;
      const own = isSpan && !isTotal ? [] : [isTotal ? Metric : LastUpdateMetric];
      const kept = points.get(UUID) ?? [];
      const found = kept.length > 0 ? kept : own;
      run.budget.hold(found.length);
      if (found.length > 0) yield { id: UUID, samples: found.map(sampleOf) };
    }
  }
}

function uuidOf({ UUID }: Flow): string {
  return UUID;
}

function sampleOf({ Start, Last, ...counters }: FlowMetric): Sample {
  return { start: Start, last: Last, counters };
}
