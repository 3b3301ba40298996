import type { Flow, FlowMetric } from '../../flow/flow.ts';
import type { GraphNode } from '../../graph/element.ts';
import type { Sample } from '../../graph/view.ts';
import { seriesName } from '../arguments.ts';
import { awaited } from '../awaited.ts';
import { inBatches } from '../batches.ts';
import { flowBatches } from '../flowbatches.ts';
import { flowsOf } from '../flowsource.ts';
import { defineStep, type Item, type Items, type Run, type Series } from '../step.ts';

export const metrics = defineStep({
  name: 'Metrics',
  dialect: ['skydive'],
  doc: 'What the counters of each node or flow gained: last at the moment asked about, or point by point in a span; with the name Metric, all that flows have counted since they began.',
  args: seriesName,
  example: { on: 'device:eth0', query: 'G.V().Metrics()', gives: [] },
  gives: { nodes: 'metrics', flows: 'metrics' },
  flowFields: () => ['Metric', 'LastUpdateMetric'],
  gather: ({ series }, takes) =>
    takes === 'flows'
      ? undefined
      : (input: readonly Item[], run) => {
          const ids = [...new Set((input as readonly GraphNode[]).map(({ id }) => id))];
          const { time } = run.view;
          const isSpan = time !== undefined && time.from !== time.to;
          return isSpan && ids.length > 0 ? inSpan(ids, series, run) : newest(ids, series, run);
        },
  stream: (asked) => (input: Items, run) => ofFlows(input as Items<Flow>, asked, run),
});

function* newest(ids: readonly string[], series: string, { view, budget }: Run): Generator<Series | undefined> {
  for (const id of ids) {
    if (budget.spend()) yield undefined;
    const last = view.counters(id, series)?.last;
    if (last !== undefined) yield { id, samples: [last] };
  }
}

function inSpan(ids: readonly string[], series: string, run: Run): Promise<Series[]> {
  return inBatches(ids, run, async (some) => {
    const found = await run.timeline.samples(some, series, run.view.time);
    return some.flatMap((id) => {
      const samples = found.get(id) ?? [];
      return samples.length === 0 ? [] : [{ id, samples }];
    });
  });
}

/** Flows whose points are asked for at once. */
const BATCH = 500;

function* ofFlows(
  input: Items<Flow>,
  { isTotal }: { readonly isTotal: boolean },
  run: Run,
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
