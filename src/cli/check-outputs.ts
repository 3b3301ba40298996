/** Where reports go: one to standard output while checks run, others to files at the end, packets to a folder. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { githubAnnotations, githubReport } from '../checks/report/github.ts';
import { jsonReport, withoutPackets } from '../checks/report/json.ts';
import { junitReport } from '../checks/report/junit.ts';
import { markdownReport } from '../checks/report/markdown.ts';
import { type Report, titleOf } from '../checks/report/report.ts';
import { tapReport } from '../checks/report/tap.ts';
import { TextReport } from '../checks/report/text.ts';
import type { CheckResult, RunLine } from '../checks/result.ts';
import type { Session } from './command.ts';
import { usageFailure } from './failure.ts';
import { paintFor } from './render/paint.ts';
import type { ServerOptions } from './server.ts';

export const checkFormats = ['text', 'json', 'ndjson', 'junit', 'tap', 'github', 'markdown'] as const;
export type CheckFormat = (typeof checkFormats)[number];

export interface OutputFiles {
  readonly output?: CheckFormat;
  readonly junit?: string;
  readonly tap?: string;
  readonly json?: string;
  readonly markdown?: string;
  readonly github?: boolean;
  readonly artifacts?: string;
}

export class CheckOutputs {
  readonly #session: Session;
  readonly #options: OutputFiles & ServerOptions;
  readonly #folders = new Set<string>();
  #text: TextReport | undefined;

  constructor(session: Session, options: OutputFiles & ServerOptions) {
    this.#session = session;
    this.#options = options;
    // Before anything is run: a report that cannot be written is no reason to run it twice.
    if (options.artifacts !== undefined) written(() => mkdirSync(options.artifacts as string, { recursive: true }));
    for (const file of [options.junit, options.tap, options.json, options.markdown])
      if (file !== undefined && file !== '-') written(() => writeFileSync(file, '', { flag: 'a' }));
  }

  begin(run: RunLine): void {
    const { io } = this.#session;
    const { output = 'text', color } = this.#options;
    if (output === 'text') this.#text = new TextReport({ paint: paintFor(io.out, color, io.env), checks: run.checks });
    if (output === 'ndjson') this.#line(run);
    for (const warning of run.warnings ?? []) if (this.#options.quiet !== true) io.err.write(`warning: ${warning}\n`);
  }

  /** Answers what is kept of it. */
  result(result: CheckResult): CheckResult {
    const kept = this.#kept(result);
    const { output = 'text', quiet } = this.#options;
    if (output === 'ndjson') this.#line(kept);
    const isFine = kept.status === 'ok' || kept.status === 'skipped';
    if (this.#text && !(quiet === true && isFine)) this.#session.io.out.write(this.#text.result(kept));
    return kept;
  }

  end(report: Report): void {
    const { io } = this.#session;
    const { output = 'text' } = this.#options;
    if (output === 'text') io.out.write(this.#text?.end(report) ?? '');
    else if (output === 'ndjson') this.#line(report.summary);
    else io.out.write(drawn(output, report));
    this.#toFiles(report);
  }

  /** Of a run that did not come to be: what says so on standard error goes to the reports that programs read too. */
  endWithout(report: Report): void {
    const { output = 'text' } = this.#options;
    if (output === 'ndjson') this.#line(report.summary);
    else if (output !== 'text') this.#session.io.out.write(drawn(output, report));
    this.#toFiles(report);
  }

  #toFiles(report: Report): void {
    const { io } = this.#session;
    const files = this.#options;
    if (files.github === true && files.output !== 'github') io.out.write(githubAnnotations(report));
    for (const format of ['junit', 'tap', 'json', 'markdown'] as const) {
      const file = files[format];
      if (file === '-') io.out.write(drawn(format, report));
      else if (file !== undefined) written(() => writeFileSync(file, drawn(format, report)));
    }
    const summary = io.env.GITHUB_STEP_SUMMARY;
    if (summary) written(() => appendFileSync(summary, markdownReport(report)));
  }

  #line(value: unknown): void {
    this.#session.io.out.write(`${JSON.stringify(value)}\n`);
  }

  /** Packets and evidence of what failed go to a folder of their own. */
  #kept(result: CheckResult): CheckResult {
    const { artifacts } = this.#options;
    const base64 = result.evidence?.pcapng?.base64;
    const bare = withoutPackets(result);
    if (artifacts === undefined || result.status !== 'failed') return bare;
    const folder = join(artifacts, this.#folderFor(result));
    const file = base64 === undefined ? undefined : join(folder, 'packets.pcapng');
    const { pcapng } = bare.evidence ?? {};
    const kept =
      file !== undefined && pcapng ? { ...bare, evidence: { ...bare.evidence, pcapng: { ...pcapng, file } } } : bare;
    written(() => {
      mkdirSync(folder, { recursive: true });
      if (file !== undefined && base64 !== undefined) writeFileSync(file, Buffer.from(base64, 'base64'));
      writeFileSync(join(folder, 'result.json'), `${JSON.stringify(kept, null, 2)}\n`);
    });
    return kept;
  }

  /** Ids come from files of others: none of them leads out of the folder, and none takes another's place. */
  #folderFor(result: CheckResult): string {
    const name = titleOf(result)
      .replaceAll(/[^\w.-]+/g, '_')
      .replace(/^\.+/, '_')
      .slice(0, 120);
    let one = name;
    for (let number = 2; this.#folders.has(one); number++) one = `${name}-${number}`;
    this.#folders.add(one);
    return one;
  }
}

function drawn(format: Exclude<CheckFormat, 'text' | 'ndjson'>, report: Report): string {
  switch (format) {
    case 'json':
      return jsonReport(report);
    case 'junit':
      return junitReport(report);
    case 'tap':
      return tapReport(report);
    case 'github':
      return githubReport(report);
    case 'markdown':
      return markdownReport(report);
  }
}

function written(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw usageFailure(`cannot write the report: ${(error as Error).message}`);
  }
}
