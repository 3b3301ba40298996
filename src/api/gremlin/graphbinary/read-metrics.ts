/** What `profile()` gives. Durations are nanoseconds. */
import { isNumber, toNumber } from '../../../query/gremlin/value/num.ts';
import { type GValue, type StepMetrics, TraversalMetrics } from '../../../query/gremlin/value/value.ts';
import type { BytesIn } from './bytes-in.ts';
import { readMap } from './read-collection.ts';
import { flag, type } from './type-codes.ts';

export function readTraversalMetrics(from: BytesIn): TraversalMetrics {
  return new TraversalMetrics(from.safeInt64('a duration'), readNested(from));
}

/** A step's metrics alone: as a traversal of that one step. */
export function readMetrics(from: BytesIn): TraversalMetrics {
  const step = readStep(from);
  return new TraversalMetrics(step.durationNanos, [step]);
}

function readNested(from: BytesIn): StepMetrics[] {
  const count = from.count(26, 'a list of metrics');
  const metrics: StepMetrics[] = [];
  for (let i = 0; i < count; i++) {
    const { at } = from;
    if (from.byte() !== type.metrics || from.byte() !== flag.none) throw from.bad('metrics should stand here', at);
    metrics.push(from.within(() => readStep(from)));
  }
  return metrics;
}

function readStep(from: BytesIn): StepMetrics {
  const id = from.text();
  const name = from.text();
  const durationNanos = from.safeInt64('a duration');
  const counts = new Map<'traverserCount' | 'elementCount', number>();
  for (const [key, value] of readMap(from))
    if ((key === 'traverserCount' || key === 'elementCount') && isNumber(value)) counts.set(key, toNumber(value));
  const annotations = new Map<string, GValue>();
  for (const [key, value] of readMap(from)) annotations.set(String(key), value);
  return { id, name, durationNanos, counts, annotations, nested: readNested(from) };
}
