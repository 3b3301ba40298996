/** A table of all checks and a section for each that failed, for the summary of a step, a ticket or a chat. */
import type { CheckResult } from '../result.ts';
import { plain } from './characters.ts';
import { factsOf } from './facts.ts';
import { drawMs, drawSummary, type Report, titleOf } from './report.ts';

/** GitHub takes 1 MiB of summary from a step, and refuses all of it beyond. */
export const SUMMARY_BYTES_MAX = 1024 * 1024;

export function markdownReport(report: Report, bytesMax = SUMMARY_BYTES_MAX): string {
  const { results, summary } = report;
  const bad = results.filter(({ status }) => status === 'failed' || status === 'error');
  const cut = summary.cutOff ? [`**Not all were run:** ${cell(summary.cutOff.text)}\n`] : [];
  const head = [`## ${drawSummary(report)}\n`, ...cut];
  const sections = bad.map(section);
  const rest = results.filter(({ status }) => status !== 'failed' && status !== 'error');
  const table = rest.length === 0 ? [] : ['| | check | |\n|---|---|---|\n', ...rest.map(row)];
  return fitted([...head.map((line) => `${line}\n`), ...sections, ...table], bytesMax);
}

/** Whole pieces, as many as fit; what is left out is said. */
function fitted(pieces: readonly string[], bytesMax: number): string {
  const note = (left: number) => `\n_${left} more are left out here: the report of the run has them._\n`;
  let room = bytesMax - Buffer.byteLength(note(pieces.length));
  const kept: string[] = [];
  for (const piece of pieces) {
    room -= Buffer.byteLength(piece);
    if (room < 0) return `${kept.join('')}${note(pieces.length - kept.length)}`;
    kept.push(piece);
  }
  return kept.join('');
}

function section(result: CheckResult): string {
  const facts = factsOf(result).map(({ label, lines }) =>
    [`${label}:`.padEnd(16), lines.join(`\n${' '.repeat(16)}`)].join(''),
  );
  const text = [...facts, `in:             ${result.file}:${result.line}:${result.column}`].join('\n');
  const fence = fenceFor(text);
  const known = result.known === true ? ', known before' : '';
  const word =
    result.status === 'error' ? 'could not be run' : result.severity === 'error' ? 'failed' : result.severity;
  return `### ${mark(result)} ${cell(titleOf(result))}: ${cell(result.name)}\n\n${word}${known}, ${drawMs(result.tookMs)}\n\n${fence}text\n${lined(text)}\n${fence}\n\n`;
}

function row(result: CheckResult): string {
  const aside =
    result.status === 'skipped'
      ? (result.reason ?? '')
      : result.flaky === true
        ? `at attempt ${result.attempts}`
        : drawMs(result.tookMs);
  return `| ${mark(result)} | ${cell(titleOf(result))}: ${cell(result.name)} | ${cell(aside)} |\n`;
}

function mark({ status, severity, flaky }: CheckResult): string {
  switch (status) {
    case 'ok':
      return flaky === true ? '⚠️' : '✅';
    case 'skipped':
      return '⏭️';
    case 'error':
      return '❗';
    case 'failed':
      return severity === 'error' ? '❌' : '⚠️';
  }
}

function cell(text: string): string {
  return plain(text).replaceAll(/[\\`*_{}[\]<>()#|!~]/g, '\\$&');
}

function lined(text: string): string {
  return text.split('\n').map(plain).join('\n');
}

/** Longer than any row of backticks within. */
function fenceFor(text: string): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  return '`'.repeat(longest + 1);
}
