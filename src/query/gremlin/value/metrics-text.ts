/** `profile()` as a table: how many passed each step, and what it took. */
import { isNumber, toNumber } from './num.ts';
import type { StepMetrics, TraversalMetrics } from './value.ts';

export function metricsText({ durationNanos, metrics }: TraversalMetrics): string {
  const head = row('Step', 'Count', 'Traversers', 'Time (ms)', '% Dur');
  const total = row('>TOTAL'.padStart(nameWidth), '-', '-', millis(durationNanos), '-');
  return ['Traversal Metrics', head, '='.repeat(head.length), ...lines(metrics, 0), total].join('\n');
}

function lines(metrics: readonly StepMetrics[], depth: number): string[] {
  return metrics.flatMap(({ name, durationNanos, counts, annotations, nested }) => {
    const share = annotations.get('percentDur');
    return [
      row(
        '  '.repeat(depth) + name,
        String(counts.get('elementCount') ?? ''),
        String(counts.get('traverserCount') ?? ''),
        millis(durationNanos),
        isNumber(share) ? toNumber(share).toFixed(2) : '',
      ),
      ...lines(nested, depth + 1),
    ];
  });
}

const nameWidth = 50;

function row(name: string, count: string, traversers: string, time: string, share: string): string {
  const shown = name.length > nameWidth ? `${name.slice(0, nameWidth - 3)}...` : name;
  return `${shown.padEnd(nameWidth)} ${count.padStart(21)} ${traversers.padStart(11)} ${time.padStart(15)} ${share.padStart(8)}`;
}

const millis = (nanos: number): string => (nanos / 1e6).toFixed(3);
