/** What `profile()` gives. Durations are nanoseconds. */
import { long } from '../../../query/gremlin/value/num.ts';
import type { StepMetrics } from '../../../query/gremlin/value/value.ts';
import { type Target, writeEntries } from './target.ts';
import { flag, type } from './type-codes.ts';

export function writeMetrics(metrics: readonly StepMetrics[], to: Target): void {
  const { out } = to;
  out.int32(metrics.length);
  for (const { id, name, durationNanos, counts, annotations, nested } of metrics) {
    out.pair(type.metrics, flag.none);
    out.text(id);
    out.text(name);
    out.int64(durationNanos);
    writeEntries(
      Array.from(counts, ([key, count]) => [key, long(count)] as const),
      counts.size,
      to,
    );
    writeEntries(annotations, annotations.size, to);
    writeMetrics(nested, to);
  }
}
