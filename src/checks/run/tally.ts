/** The numbers of the last line. */
import type { CheckResult, RunSummary } from '../result.ts';

export class Tally {
  readonly #startedAt: number;
  readonly #counts = { checks: 0, ok: 0, failed: 0, warnings: 0, infos: 0, errors: 0, skipped: 0, flaky: 0 };

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  add({ status, severity, flaky }: CheckResult): void {
    const counts = this.#counts;
    counts.checks++;
    if (flaky === true) counts.flaky++;
    if (status === 'ok') counts.ok++;
    else if (status === 'error') counts.errors++;
    else if (status === 'skipped') counts.skipped++;
    else if (severity === 'warning') counts.warnings++;
    else if (severity === 'info') counts.infos++;
    else counts.failed++;
  }

  summary(now: number, cutOff: RunSummary['cutOff']): RunSummary {
    return {
      schema: 'skein/v1',
      kind: 'summary',
      ...this.#counts,
      startedAt: this.#startedAt,
      tookMs: now - this.#startedAt,
      ...(cutOff && { cutOff }),
    };
  }
}
