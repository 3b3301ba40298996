/**
 * Annotations of GitHub Actions. A step shows ten of a kind (docs.github.com, workflow commands): the last one of each
 * says how many there are more, and the summary of the step has all of them.
 */
import type { CheckResult } from '../result.ts';
import { factsOf, whyOf } from './facts.ts';
import { countsAsFailure, drawSummary, type Report, titleOf } from './report.ts';

const EACH_MAX = 10;
/** Characters of a message; the rest is in the summary. */
const MESSAGE_MAX = 4_000;

type Kind = 'error' | 'warning' | 'notice';

export function githubReport(report: Report): string {
  const { results, summary } = report;
  const told = Map.groupBy(results.filter(isTold), kindOf);
  const lines = (['error', 'warning', 'notice'] as const).flatMap((kind) => annotations(kind, told.get(kind) ?? []));
  const cut = summary.cutOff ? [`not all checks were run: ${summary.cutOff.text}`] : [];
  return [...lines, ...[...cut, drawSummary(report)].map((line) => escapedData(line))]
    .map((line) => `${line}\n`)
    .join('');
}

function isTold({ status, flaky }: CheckResult): boolean {
  return status === 'failed' || status === 'error' || flaky === true;
}

function kindOf(result: CheckResult): Kind {
  if (result.status === 'error' || countsAsFailure(result)) return 'error';
  return result.severity === 'info' ? 'notice' : 'warning';
}

function annotations(kind: Kind, results: readonly CheckResult[]): string[] {
  const isAll = results.length <= EACH_MAX;
  const shown = (isAll ? results : results.slice(0, EACH_MAX - 1)).map((result) => annotation(kind, result));
  if (isAll) return shown;
  const left = results.length - shown.length;
  return [
    ...shown,
    `::${kind} title=skein check::${escapedData(`${left} more like these: see the summary of this step`)}`,
  ];
}

function annotation(kind: Kind, result: CheckResult): string {
  const { file, line, column, name } = result;
  const title = `${titleOf(result)} ${name}`;
  const properties = { file, line: String(line), col: String(column), title };
  const told = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(value)}`);
  return `::${kind} ${told.join(',')}::${escapedData(messageOf(result))}`;
}

function messageOf(result: CheckResult): string {
  if (result.flaky === true && result.status === 'ok') return `ok, but only at attempt ${result.attempts}`;
  if (result.status === 'error')
    return `could not be run: ${result.reason ?? 'nobody knows why'}${result.hint ? `\n${result.hint}` : ''}`;
  const facts = factsOf(result).filter(({ label }) => label !== 'expected' && label !== 'got' && label !== 'hops');
  const rest = facts.map(({ label, lines }) => `${label}: ${lines.join('\n  ')}`);
  return [`expected ${result.expected ?? ''}, got ${whyOf(result) ?? ''}`, ...rest].join('\n').slice(0, MESSAGE_MAX);
}

/** As actions/toolkit does it. A line of ours that begins with `::` would be a command. */
function escapedData(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replace(/^(\s*)::/, '$1%3A%3A');
}

function escapedProperty(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replaceAll(':', '%3A')
    .replaceAll(',', '%2C');
}
