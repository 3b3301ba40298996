/** TAP 14 (testanything.org/tap-version-14-specification): a test point for each check, with what failed as YAML. */
import { stringify } from 'yaml';
import type { CheckResult } from '../result.ts';
import { plain } from './characters.ts';
import { factsOf, gotOf, whyOf } from './facts.ts';
import { type Report, titleOf } from './report.ts';

export function tapReport({ results, summary }: Report): string {
  const points = results.map((result, index) => pointOf(result, index + 1));
  const bail = summary.cutOff ? `Bail out! ${escaped(summary.cutOff.text)}\n` : '';
  return `TAP version 14\n1..${results.length}\n${points.join('')}${bail}`;
}

function pointOf(result: CheckResult, number: number): string {
  const isBad = result.status === 'error' || result.status === 'failed';
  const title = escaped(`${titleOf(result)} ${result.name}`);
  const line = `${isBad ? 'not ok' : 'ok'} ${number} - ${title}${directive(result)}\n`;
  return result.status === 'failed' || result.status === 'error' || result.flaky === true
    ? `${line}${diagnostic(result)}`
    : line;
}

/** What is not ok and TODO does not make a run red. */
function directive({ status, reason, severity, known }: CheckResult): string {
  if (status === 'skipped') return ` # SKIP ${escaped(reason ?? '')}`;
  if (status !== 'failed') return '';
  return known === true ? ' # TODO known before' : severity === 'error' ? '' : ` # TODO ${severity}`;
}

function diagnostic(result: CheckResult): string {
  const facts = factsOf(result).filter(({ label }) => label !== 'expected' && label !== 'got');
  const told = {
    message: result.status === 'error' ? (result.reason ?? 'it could not be run') : (whyOf(result) ?? ''),
    severity: result.status === 'error' ? 'could-not-run' : result.severity,
    ...(result.code !== undefined && { code: result.code }),
    data: { got: gotOf(result) ?? null, expect: result.expected ?? null },
    ...Object.fromEntries(
      facts.map(({ label, lines }) => [label.replaceAll(' ', '_'), lines.length === 1 ? lines[0] : [...lines]]),
    ),
    ...(result.flaky === true && { flaky: true }),
    at: { file: result.file, line: result.line, column: result.column },
    duration_ms: Math.round(result.tookMs),
  };
  const yaml = stringify(told, { lineWidth: 0 }).trimEnd();
  return `  ---\n${yaml.replace(/^/gm, '  ')}\n  ...\n`;
}

/** A `#` begins a directive, and a backslash says that the next character is none. */
function escaped(text: string): string {
  return plain(text).replaceAll('\\', '\\\\').replaceAll('#', '\\#').trim();
}
