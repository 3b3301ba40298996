/** What `profile()` gives. Durations are written in milliseconds. */
import { GMap } from '../../../query/gremlin/value/collections.ts';
import { double, long } from '../../../query/gremlin/value/num.ts';
import type { StepMetrics, TraversalMetrics } from '../../../query/gremlin/value/value.ts';
import { quote } from './json-text.ts';
import { type Target, typed } from './target.ts';

export function writeMetrics({ durationNanos, metrics }: TraversalMetrics, to: Target): string {
  const fields = [
    ['dur', to.value(double(durationNanos / 1e6))],
    ['metrics', writeSteps(metrics, to)],
  ] as const;
  return typed('g:TraversalMetrics', writeFields(fields, to), to);
}

function writeSteps(metrics: readonly StepMetrics[], to: Target): string {
  return typed('g:List', `[${metrics.map((step) => writeStep(step, to)).join()}]`, to);
}

function writeStep({ id, name, durationNanos, counts, annotations, nested }: StepMetrics, to: Target): string {
  const fields: (readonly [string, string])[] = [
    ['dur', to.value(double(durationNanos / 1e6))],
    ['counts', to.value(new GMap(Array.from(counts, ([key, count]) => [key, long(count)] as const)))],
    ['name', quote(name)],
    ['annotations', to.value(new GMap(annotations))],
    ['id', quote(id)],
  ];
  if (nested.length > 0) fields.push(['metrics', writeSteps(nested, to)]);
  return typed('g:Metrics', writeFields(fields, to), to);
}

/** A map with names for keys. */
function writeFields(fields: readonly (readonly [string, string])[], to: Target): string {
  if (!to.isTyped) return `{${fields.map(([name, value]) => `"${name}":${value}`).join()}}`;
  return typed('g:Map', `[${fields.map(([name, value]) => `"${name}",${value}`).join()}]`, to);
}
