/** A run that has ended, as reports are drawn from it. */
import type { CheckResult, RunLine, RunSummary } from '../result.ts';
import type { SuiteFault } from '../suite/faults.ts';

export interface Report {
  readonly run: RunLine;
  readonly results: readonly CheckResult[];
  readonly summary: RunSummary;
  /** What is wrong with the suites, so that nothing was run. */
  readonly mistakes?: readonly SuiteFault[];
}

/** `NET-2`, or `NET-2 [blue → red]` of a check that is made for each of several. */
export function titleOf({ id, instance }: CheckResult): string {
  return instance === undefined ? id : `${id} [${instance}]`;
}

/** A failure that makes the run red: not one that is only a warning, or that was known before. */
export function countsAsFailure({ status, severity, known }: CheckResult): boolean {
  return status === 'failed' && severity === 'error' && known !== true;
}

/** `12.4 s`, `350 ms`. */
export function drawMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 120_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** `15 checks: 13 ok, 1 failed, 1 warning (12.4 s)` */
export function drawSummary({ summary, results }: Report): string {
  const { checks, ok, failed, warnings, infos, errors, skipped, flaky, tookMs } = summary;
  const known = results.filter((result) => result.known === true).length;
  const counts: readonly (readonly [number, string])[] = [
    [failed, 'failed'],
    [warnings, warnings === 1 ? 'warning' : 'warnings'],
    [infos, infos === 1 ? 'note' : 'notes'],
    [errors, 'could not be run'],
    [skipped, 'skipped'],
  ];
  const parts = [`${ok} ok`, ...counts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : []))];
  const asides = [
    drawMs(tookMs),
    ...(flaky > 0 ? [`${flaky} not at once`] : []),
    ...(known > 0 ? [`${known} known before`] : []),
  ];
  return `${checks} check${checks === 1 ? '' : 's'}: ${parts.join(', ')} (${asides.join(', ')})`;
}
