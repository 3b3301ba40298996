/** `skein check FILE…`: sends suites to the server, and tells of each result as soon as it is known. */

import { countsAsFailure, type Report } from '../checks/report/report.ts';
import type { CheckLine, CheckResult, RunLine, RunSummary } from '../checks/result.ts';
import { chosenOf } from '../checks/run/chosen.ts';
import { Tally } from '../checks/run/tally.ts';
import type { SuiteFault } from '../checks/suite/faults.ts';
import type { CheckRequest } from '../contract/check.ts';
import { parseDuration } from '../std/duration.ts';
import { Mistake } from '../std/mistake.ts';
import { type Baseline, readBaseline } from './check-baseline.ts';
import { readSuites, type SuiteOptions, tellWarnings } from './check-files.ts';
import { CheckOutputs, type OutputFiles } from './check-outputs.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { requestPieces } from './http.ts';
import { type ServerOptions, serverOf } from './server.ts';
import { Silence } from './silence.ts';
import { version } from './version.ts';
import { whenLiteral } from './when.ts';

export interface CheckOptions extends SuiteOptions, ServerOptions, OutputFiles {
  readonly tag?: readonly string[];
  readonly notTag?: readonly string[];
  readonly only?: readonly string[];
  readonly at?: string;
  readonly method?: 'inject' | 'connect' | 'model';
  readonly jobs?: number;
  readonly failFast?: boolean;
  readonly retryFailed?: number;
  readonly strict?: boolean;
  readonly dryRun?: boolean;
  readonly baseline?: string;
}

/** A server that runs checks says something every five seconds, if only a blank line. */
const SILENT_MS = 30_000;

export async function runChecks(
  session: Session,
  names: readonly string[],
  options: CheckOptions,
  { silentMs = SILENT_MS }: { readonly silentMs?: number } = {},
): Promise<void> {
  const startedAt = session.io.now();
  const outputs = new CheckOutputs(session, options);
  const report = await ran(session, names, options, { outputs, startedAt, silentMs }).catch((error: unknown) => {
    // Whoever reads the reports must not find those of the last run in their place.
    if (error instanceof Failure || error instanceof Mistake) outputs.endWithout(unrun(startedAt, error));
    throw error;
  });
  outputs.end(report);
  session.exitCode = exitCodeOf(report, options);
}

async function ran(
  session: Session,
  names: readonly string[],
  options: CheckOptions,
  { outputs, startedAt, silentMs }: Pick<Following, 'outputs' | 'startedAt'> & { readonly silentMs: number },
): Promise<Report> {
  const { io } = session;
  const read = await readSuites(session, names, options);
  tellWarnings(session, read, options.quiet);
  // Nothing chosen is not all right: a tag with a slip in it would make any pipeline green.
  if (chosenOf(read.suites, { tags: options.tag, notTags: options.notTag, only: options.only }).length === 0)
    throw usageFailure('no check is chosen', 'skein check list FILE shows ids and tags');
  const baseline = readBaseline(options.baseline);
  const { timeout, ...way } = options;
  const server = await serverOf(way, io);
  using silence = new Silence(silentMs);
  const pieces = requestPieces(server, {
    method: 'POST',
    path: '/api/check',
    body: requestOf(options, {
      ...read,
      baseline,
      timeoutMs: runTimeoutOf(timeout),
      at: momentOf(options.at, io.now()),
    }),
    accept: 'application/x-ndjson',
    signal: AbortSignal.any([io.interrupted, silence.signal]),
  });
  return await followed(silence.listening(pieces), {
    outputs,
    baseline,
    startedAt,
    now: io.now,
    isInterrupted: () => io.interrupted.aborted,
    isSilent: () => silence.signal.aborted,
    silent: `nothing was heard of ${server.url} for ${silentMs / 1000} s: is it stopped, or cut off?`,
  });
}

/** What reports say of a run that did not begin. */
function unrun(startedAt: number, error: Mistake | Failure): Report {
  const why = error.message === '' ? 'interrupted' : error.message;
  const faults = error instanceof Mistake ? error.faults : [];
  const mistakes = faults.filter((fault): fault is SuiteFault => 'position' in fault);
  return {
    ...(mistakes.length > 0 && { mistakes }),
    run: unknownRun({ startedAt }),
    results: [],
    summary: new Tally(startedAt).summary(startedAt, { why: 'broken', text: why }),
  };
}

function requestOf(
  options: CheckOptions,
  {
    files,
    vars,
    usedEnv,
    baseline,
    timeoutMs,
    at,
  }: Pick<Awaited<ReturnType<typeof readSuites>>, 'files' | 'vars' | 'usedEnv'> & {
    readonly baseline: Baseline;
    readonly timeoutMs: number | undefined;
    readonly at: string | undefined;
  },
): CheckRequest {
  const { tag, notTag, only, method, jobs, failFast, retryFailed, dryRun, artifacts } = options;
  const lastGreen = Object.fromEntries(baseline.lastGreen);
  return {
    suites: files.map(({ file, text }) => ({ file, text })),
    ...(Object.keys(vars).length > 0 && { vars }),
    ...(Object.keys(usedEnv).length > 0 && { env: usedEnv }),
    select: {
      ...(tag && { tags: [...tag] }),
      ...(notTag && { notTags: [...notTag] }),
      ...(only && { only: [...only] }),
    },
    ...(at !== undefined && { at }),
    ...(method !== undefined && { method }),
    ...(jobs !== undefined && { jobs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(failFast === true && { failFast }),
    ...(retryFailed !== undefined && { retryFailed }),
    ...(dryRun === true && { dryRun }),
    ...(artifacts !== undefined && { pcapng: true }),
    ...(Object.keys(lastGreen).length > 0 && { lastGreen }),
  };
}

/** As people type it here, and as the server reads it. */
function momentOf(text: string | undefined, now: number): string | undefined {
  return text === undefined ? undefined : whenLiteral(text, now).replaceAll("'", '').replace('NOW', 'now');
}

function runTimeoutOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms === undefined || ms <= 0) throw usageFailure(`"${text}" is no duration`, 'like 30s, or 3m');
  return ms;
}

interface Following {
  readonly outputs: CheckOutputs;
  readonly baseline: Baseline;
  readonly startedAt: number;
  readonly now: () => number;
  readonly isInterrupted: () => boolean;
  /** The server said nothing any more; and a sentence about it. */
  readonly isSilent: () => boolean;
  readonly silent: string;
}

/** What was heard until it ended, whichever way it did. A server that refuses from the start is a Failure. */
async function followed(pieces: AsyncIterable<Uint8Array>, following: Following): Promise<Report> {
  const { outputs, baseline, isInterrupted, isSilent, silent } = following;
  const heard: Heard = { run: undefined, results: [], summary: undefined };
  let broken: string | undefined;
  try {
    for await (const line of linesOf(pieces)) {
      if (line.kind === 'run') {
        heard.run = line;
        outputs.begin(line);
      } else if (line.kind === 'summary') heard.summary = line;
      else heard.results.push(outputs.result(baseline.isKnown(line) ? { ...line, known: true } : line));
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const isLost = isSilent() && !isInterrupted();
    if (heard.run === undefined) throw isLost ? new Failure(exitCodes.unreachable, silent) : error;
    broken = isLost ? silent : error.message;
  }
  const { run, results, summary } = heard;
  if (run === undefined) throw notOurs();
  return { run, results, summary: summary ?? cutOff(heard, run, following, broken) };
}

interface Heard {
  run: RunLine | undefined;
  readonly results: CheckResult[];
  summary: RunSummary | undefined;
}

function unknownRun({ startedAt }: Pick<Following, 'startedAt'>): RunLine {
  return { schema: 'skein/v1', kind: 'run', id: '', startedAt, suites: [], checks: 0, version: version() };
}

/** The server ended, or the way to it: what is known counts, and it is said that it is not all. */
function cutOff(
  { results }: Heard,
  run: RunLine,
  { now, isInterrupted }: Following,
  broken: string | undefined,
): RunSummary {
  const after = `after ${results.length} of ${run.checks}`;
  const tally = new Tally(run.startedAt);
  for (const result of results) tally.add(result);
  return tally.summary(
    Math.max(run.startedAt, now()),
    isInterrupted()
      ? { why: 'interrupted', text: `interrupted ${after}` }
      : { why: 'broken', text: broken === undefined ? `the server ended its answer ${after}` : `${after}: ${broken}` },
  );
}

/** A failure is more than that something else could not be run; and a run that ended early is never fine. */
function exitCodeOf({ results, summary }: Report, { strict }: CheckOptions): number {
  const why = summary.cutOff?.why;
  if (why === 'interrupted') return exitCodes.interrupted;
  if (why === 'timeout') return exitCodes.timeout;
  const isRed = results.some(
    (result) =>
      countsAsFailure(result) || (strict === true && result.status === 'failed' && result.severity === 'warning'),
  );
  if (isRed) return exitCodes.empty;
  if (why === 'broken' || results.some(({ status }) => status === 'error')) return exitCodes.unreachable;
  return why === 'fail-fast' ? exitCodes.empty : exitCodes.found;
}

/** A result with its packets is one line; nothing that a server of ours sends is longer. Characters. */
const LINE_MAX = 64 * 1024 * 1024;

async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<CheckLine> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const texts = decoder.decode(piece, { stream: true }).split('\n');
    for (const [index, text] of texts.entries()) {
      parts.push(text);
      length += text.length;
      if (length > LINE_MAX)
        throw new Failure(exitCodes.unreachable, `a line of the answer is longer than ${LINE_MAX} characters`);
      if (index === texts.length - 1) continue;
      if (length > 0) yield lineOf(parts.join(''));
      parts.length = 0;
      length = 0;
    }
  }
  if (parts.join('').trim() !== '') throw new Failure(exitCodes.unreachable, 'the answer ends in the middle of a line');
}

function lineOf(text: string): CheckLine {
  let value: Partial<CheckLine> | undefined;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (value?.schema === 'skein/v1' && (value.kind === 'run' || value.kind === 'result' || value.kind === 'summary'))
    return value as CheckLine;
  throw notOurs();
}

/** A proxy's page, or nothing at all. */
function notOurs(): Failure {
  return new Failure(
    exitCodes.unreachable,
    'the server answers, but not as Skein does',
    'another version of it, or a proxy before it? skein version shows both',
  );
}
