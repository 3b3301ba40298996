import type { Flow } from '../../flow/flow.ts';
import type { GraphNode } from '../../graph/element.ts';
import { seriesName } from '../arguments.ts';
import { inBatches } from '../batches.ts';
import { pointsOfFlows } from '../flowpoints.ts';
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
  stream: (asked) => (input: Items, run) => pointsOfFlows(input as Items<Flow>, asked, run),
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
