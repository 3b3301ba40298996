/**
 * Annotations of GitHub Actions. A step shows ten of a kind (docs.github.com, workflow commands): the last one of each
 * says how many there are more, and the summary of the step has all of them.
 */
import type { CheckResult } from '../result.ts';
import type { SuiteFault } from '../suite/faults.ts';
import { factsOf, whyOf } from './facts.ts';
import { countsAsFailure, drawSummary, type Report, titleOf } from './report.ts';

const EACH_MAX = 10;
/** Characters of a message; the rest is in the summary. */
const MESSAGE_MAX = 4_000;

type Kind = 'error' | 'warning' | 'notice';

export function githubReport(report: Report): string {
  return `${githubAnnotations(report)}${escapedData(drawSummary(report))}\n`;
}

/** What stands at the lines of the suites, and nothing else. */
export function githubAnnotations({ results, summary, mistakes = [] }: Report): string {
  const told = Map.groupBy(results.filter(isTold), kindOf);
  const lines = (['error', 'warning', 'notice'] as const).flatMap((kind) =>
    atMost(kind, told.get(kind)?.map((result) => annotation(kind, result)) ?? []),
  );
  const cut = mistakes.length > 0 ? atMost('error', mistakes.map(mistakeText)) : cutOffLines(summary);
  return [...lines, ...cut].map((line) => `${line}\n`).join('');
}

/** A run that was to end with its first failure has told it; of any other the reason is told nowhere else. */
function cutOffLines({ cutOff }: Report['summary']): string[] {
  if (cutOff === undefined) return [];
  const text = `not all checks were run: ${cutOff.text}`;
  return [cutOff.why === 'fail-fast' ? escapedData(text) : command('error', { title: 'skein check' }, text)];
}

/** Its place is in the message too, which is as the command line tells it. */
function mistakeText({ message, hint, position: { file, line, column } }: SuiteFault): string {
  const place = `${file}:${line}:${column}: `;
  const text = message.startsWith(place) ? message.slice(place.length) : message;
  const told = hint === undefined ? text : `${text}\n${hint}`;
  return command('error', { file, line, col: column, title: 'skein check' }, told);
}

function isTold({ status, flaky }: CheckResult): boolean {
  return status === 'failed' || status === 'error' || flaky === true;
}

function kindOf(result: CheckResult): Kind {
  if (result.status === 'error' || countsAsFailure(result)) return 'error';
  return result.severity === 'info' ? 'notice' : 'warning';
}

function atMost(kind: Kind, lines: readonly string[]): readonly string[] {
  if (lines.length <= EACH_MAX) return lines;
  const shown = lines.slice(0, EACH_MAX - 1);
  const left = lines.length - shown.length;
  return [...shown, command(kind, { title: 'skein check' }, `${left} more like these: see the summary of this step`)];
}

function annotation(kind: Kind, result: CheckResult): string {
  const { file, line, column, name } = result;
  return command(kind, { file, line, col: column, title: `${titleOf(result)} ${name}` }, messageOf(result));
}

function command(kind: Kind, properties: Readonly<Record<string, string | number>>, message: string): string {
  const told = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(String(value))}`);
  return `::${kind} ${told.join(',')}::${escapedData(message)}`;
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
