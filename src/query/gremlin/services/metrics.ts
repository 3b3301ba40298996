import type { Sample } from '../../../graph/view.ts';
import { seriesWords } from '../../../model/series.ts';
import { awaited } from '../../awaited.ts';
import { sampleObject, seriesOf } from '../../counters.ts';
import { pointsOfFlows } from '../../flowpoints.ts';
import type { Run } from '../run/run.ts';
import type { Service } from '../service.ts';
import { fromJson } from '../value/json.ts';
import type { GValue } from '../value/value.ts';
import { flowsIn } from './flow-map.ts';
import { Parameters } from './parameters.ts';
import { isVertex } from './vertex-of.ts';

export const metrics: Service = {
  name: 'metrics',
  doc: 'What the counters of a vertex or a flow gained, as maps: last at the moment asked about, point by point in a span.',
  parameters: {
    series: `Of vertices ${seriesWords.map(({ name }) => `'${name}'`).join(', ')}; of flows 'LastUpdateMetric' or 'Metric', all since they began.`,
  },
  place: 'streaming',
  *call(value, parameters, run) {
    const asked = new Parameters('metrics', parameters, ['series']);
    const name = asked.text('series') ?? 'LastUpdateMetric';
    const series = seriesOf(name);
    if (series === undefined) throw asked.wrong('series', `is none named "${name}"`);
    if (isVertex(value)) yield* ofVertex(value.id, series, run);
    else
      for (const points of pointsOfFlows(flowsIn(value, 'metrics'), { isTotal: name === 'Metric' }, run))
        if (points === undefined) yield undefined;
        else yield* points.samples.map(sampleMap);
  },
};

function* ofVertex(id: string, series: string, run: Run): Generator<GValue | undefined> {
  const { time } = run.view;
  const isSpan = time !== undefined && time.from !== time.to;
  const last = isSpan ? undefined : run.view.counters(id, series)?.last;
  const found = isSpan ? yield* awaited(run.timeline.samples([id], series, time), run) : undefined;
  for (const sample of found?.get(id) ?? (last ? [last] : [])) yield sampleMap(sample);
}

export function sampleMap(sample: Sample | undefined): GValue {
  return fromJson(sampleObject(sample));
}
