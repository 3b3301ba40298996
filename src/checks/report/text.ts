/** For people at a terminal, or who read a log: a line for each check, all about what failed, the numbers at the end. */
import type { Paint } from '../../std/paint.ts';
import type { CheckResult } from '../result.ts';
import { plain } from './characters.ts';
import { factsOf } from './facts.ts';
import { drawMs, drawSummary, type Report, titleOf } from './report.ts';

/** More lines of what is fine are only in the way: beyond that each is a dot. */
export const LINES_MAX = 50;
const DOTS = 80;

export class TextReport {
  readonly #paint: Paint;
  readonly #isDots: boolean;
  #dots = 0;

  /** `checks`: how many are to come. */
  constructor({ paint, checks }: { readonly paint: Paint; readonly checks: number }) {
    this.#paint = paint;
    this.#isDots = checks > LINES_MAX;
  }

  result(result: CheckResult): string {
    const isQuiet =
      (result.status === 'ok' && result.flaky !== true && result.would === undefined) || result.status === 'skipped';
    if (!this.#isDots || !isQuiet) return `${this.#endOfDots()}${this.#lines(result)}`;
    this.#dots++;
    const mark = result.status === 'ok' ? '.' : 's';
    return this.#dots % DOTS === 0 ? `${mark}\n` : mark;
  }

  end(report: Report): string {
    const { summary } = report;
    const line = drawSummary(report);
    const isRed = summary.failed + summary.errors > 0 || summary.cutOff !== undefined;
    const cut = summary.cutOff ? `${this.#paint.removed(`not all were run: ${plain(summary.cutOff.text)}`)}\n` : '';
    return `${this.#endOfDots()}${cut}${isRed ? this.#paint.removed(line) : this.#paint.added(line)}\n`;
  }

  #endOfDots(): string {
    const isOpen = this.#dots % DOTS !== 0;
    this.#dots = 0;
    return isOpen ? '\n' : '';
  }

  #lines(result: CheckResult): string {
    const [word, color] = this.#word(result);
    const asides = [
      drawMs(result.tookMs),
      result.flaky === true && `at attempt ${result.attempts}`,
      result.known === true && 'known before',
      result.status === 'skipped' && result.reason,
    ].filter((aside) => typeof aside === 'string');
    const head = `${color(word.padEnd(7))} ${plain(titleOf(result))}  ${plain(result.name)}  ${this.#paint.dim(plain(`(${asides.join(', ')})`))}\n`;
    const would = (result.would ?? []).map((line) => `        ${plain(line)}\n`).join('');
    return `${head}${would}${result.status === 'failed' || result.status === 'error' ? this.#block(result) : ''}`;
  }

  #word({ status, severity, flaky }: CheckResult): [string, (text: string) => string] {
    const { added, removed, changed, dim } = this.#paint;
    switch (status) {
      case 'ok':
        return flaky === true ? ['flaky', changed] : ['ok', added];
      case 'skipped':
        return ['skipped', dim];
      case 'error':
        return ['error', removed];
      case 'failed':
        return severity === 'error' ? ['failed', removed] : [severity === 'warning' ? 'warning' : 'note', changed];
    }
  }

  #block(result: CheckResult): string {
    const width = 15;
    const facts = [...factsOf(result), { label: 'in', lines: [`${result.file}:${result.line}:${result.column}`] }];
    return facts
      .flatMap(({ label, lines }) =>
        lines.map((line, index) =>
          `        ${this.#paint.dim((index === 0 ? label : '').padEnd(width))}${plain(line)}`.trimEnd(),
        ),
      )
      .map((line) => `${line}\n`)
      .join('');
  }
}
