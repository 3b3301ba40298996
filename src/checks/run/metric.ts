/** `metric`: a formula over what /metrics says. Of several series each has to be as expected. */
import { mistake } from '../../std/mistake.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { evaluate, type Point, seriesIn } from '../metric/evaluate.ts';
import type { Check, MetricCheck } from '../suite/suite.ts';
import type { Attempt } from './attempt.ts';
import { samplesOf } from './exposition.ts';
import type { Run } from './run.ts';
import { codeOfRange, rangeText } from './value.ts';

export async function tryMetric(check: Check & MetricCheck, { world }: Run): Promise<Attempt> {
  if (world.metrics === undefined) throw new Unavailable('asking for metrics', 'a server that has them');
  const points = evaluate(check.expression, samplesOf(await world.metrics()));
  const [any] = points;
  if (any === undefined)
    throw mistake(
      'check.metric',
      `no series for ${check.text}`,
      `GET /metrics has what there is; asked for: ${seriesIn(check.expression).join(', ')}`,
    );
  const wrong = points.filter(({ value }) => codeOfRange(value, check.expect) !== undefined);
  const got = wrong[0] ?? any;
  return {
    isAsExpected: wrong.length === 0,
    code: codeOfRange(got.value, check.expect) ?? 'DELIVERED',
    expected: `${check.text} ${rangeText(check.expect)}`,
    got: `${got.value}${labelText(got)}${wrong.length > 1 ? ` and ${wrong.length - 1} more` : ''}`,
    gotValue: Number.isFinite(got.value) ? got.value : String(got.value),
  };
}

function labelText({ labels }: Point): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? '' : ` (${pairs.join(', ')})`;
}
