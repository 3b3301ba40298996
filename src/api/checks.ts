/** Runs of checks: suites in, results out; what runs, what ran last, and since when each check has been green. */
import type { CheckLine, CheckResult, RunLine, RunSummary } from '../checks/result.ts';
import { chosenOf, isSending } from '../checks/run/chosen.ts';
import { parsedAside } from '../checks/run/parsing.ts';
import { defaultSendLimits, Pace, refuseTooMany, type SendLimits } from '../checks/run/rations.ts';
import { runChecks } from '../checks/run/run-checks.ts';
import type { World } from '../checks/run/world.ts';
import type { Check, Suite } from '../checks/suite/suite.ts';
import type { CheckRequest } from '../contract/check.ts';
import type { Clock } from '../std/clock.ts';
import { mistake } from '../std/mistake.ts';

export interface ChecksParts {
  /** Without what is of the caller: metrics and workflows. */
  readonly world: World;
  readonly version: string;
  readonly clock: Clock;
  readonly green: LastGreen;
  /** Of what is sent. */
  readonly limits?: SendLimits;
  /** What an earlier server came to: told of until there is news. */
  readonly kept?: Pick<ChecksList, 'last' | 'results'>;
}

/** When each check was ok the last time, over restarts. */
export interface LastGreen {
  get(id: string): number | undefined;
  set(times: ReadonlyMap<string, number>): void;
}

/** Parsed and chosen, ready to be run once. */
export interface PreparedChecks {
  readonly request: CheckRequest;
  readonly suites: readonly Suite[];
  readonly checks: readonly Check[];
  /** Something is sent: it takes more than looking. */
  readonly isSending: boolean;
  readonly warnings: readonly string[];
}

export interface RunningChecks {
  readonly id: string;
  readonly startedAt: number;
  readonly suites: readonly string[];
  readonly checks: number;
  /** Results so far. */
  readonly done: number;
  readonly who: string;
}

export interface ChecksList {
  readonly running: readonly RunningChecks[];
  /** The newest first. */
  readonly last: readonly { readonly run: RunLine; readonly who: string; readonly summary: RunSummary }[];
  /** The last of each check, ordered by id; without packets. */
  readonly results: readonly CheckResult[];
}

export interface ChecksCounts {
  readonly running: number;
  readonly runs: number;
  readonly refused: number;
  readonly ok: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
  /** Packets sent, and those that a bound refused. */
  readonly sent: number;
  readonly unsent: number;
  /** That packets waited for the rate. */
  readonly waitedMs: number;
}

/** Who is told line after line. */
export interface Telling {
  readonly tell: (line: CheckLine) => void;
  /** A promise while he has not taken what he was told. */
  readonly ready: () => Promise<void> | undefined;
}

/** Runs at the same time, checks of one, attempts of one at the same time. */
export const RUNS_MAX = 4;
export const CHECKS_MAX = 10_000;
const JOBS = 8;
/** A run ends by then whatever was asked for. */
const RUN_MS_MAX = 60 * 60_000;
/** Runs, and results of single checks, that are kept to be asked for. */
const LAST_RUNS_MAX = 50;
const RESULTS_MAX = 10_000;

export class Checks implements AsyncDisposable {
  readonly #parts: ChecksParts;
  readonly #limits: SendLimits;
  readonly #pace: Pace;
  readonly #running = new Map<
    string,
    { readonly told: RunningChecks; done: number; readonly stop: AbortController; readonly over: Promise<unknown> }
  >();
  readonly #last: ChecksList['last'][number][] = [];
  readonly #results = new Map<string, CheckResult>();
  /** Suites that are being read. */
  #preparing = 0;
  #counts = { runs: 0, refused: 0, ok: 0, failed: 0, errors: 0, skipped: 0 };

  constructor(parts: ChecksParts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? defaultSendLimits;
    this.#pace = new Pace(parts.clock, this.#limits);
    this.#last.push(...(parts.kept?.last ?? []).slice(0, LAST_RUNS_MAX));
    for (const result of parts.kept?.results.slice(0, RESULTS_MAX) ?? []) this.#results.set(keyOf(result), result);
  }

  /** Rejects with one Mistake with all that is wrong. */
  async prepare(request: CheckRequest, signal: AbortSignal): Promise<PreparedChecks> {
    this.#refuseWhenBusy();
    this.#preparing++;
    try {
      return await this.#prepared(request, signal);
    } finally {
      this.#preparing--;
    }
  }

  async #prepared(request: CheckRequest, signal: AbortSignal): Promise<PreparedChecks> {
    const { vars = {}, env = {} } = request;
    const { suites, warnings } = await parsedAside(
      request.suites,
      { vars, env, allowed: new Set(Object.keys(env)) },
      signal,
    );
    // Each of these looks at all of ten thousand checks.
    const { turn } = this.#parts.world;
    const { at, method, select = {} } = request;
    const checks = chosenOf(suites, { ...select, at, method });
    await turn();
    if (checks.length > CHECKS_MAX)
      throw mistake('check.many', `${checks.length} checks, of ${CHECKS_MAX} in one run`, 'run them in parts');
    if (request.dryRun !== true) refuseTooMany(checks, this.#limits);
    await turn();
    return {
      request,
      suites,
      checks,
      isSending: request.dryRun !== true && checks.some(isSending),
      warnings: warnings.map(({ message }) => message),
    };
  }

  /** Throws a Mistake when too many run. Resolves when nothing of it is left. */
  async run(
    { request, suites, checks, warnings }: PreparedChecks,
    {
      who,
      world,
      server,
    }: { readonly who: string; readonly world: Partial<World>; readonly server?: string | undefined },
    { tell, ready }: Telling,
    signal: AbortSignal,
  ): Promise<void> {
    this.#refuseWhenBusy();
    const { clock, version, green } = this.#parts;
    const id = this.#parts.world.newId();
    const stop = new AbortController();
    const over = Promise.withResolvers<void>();
    const startedAt = clock.now();
    const inSuite = (name: string, file: string) => JSON.stringify([name, file]);
    const counts = Map.groupBy(checks, ({ suite, position }) => inSuite(suite, position.file));
    const chosen = suites.map(({ name, file }) => ({
      ...{ name, file },
      checks: counts.get(inSuite(name, file))?.length ?? 0,
    }));
    const told = { id, startedAt, suites: suites.map(({ name }) => name), checks: checks.length, done: 0, who };
    const its = { told, done: 0, stop, over: over.promise };
    this.#running.set(id, its);
    this.#counts.runs++;
    const line: RunLine = {
      schema: 'skein/v1',
      kind: 'run',
      id,
      startedAt,
      suites: chosen,
      checks: checks.length,
      version,
      ...(server !== undefined && { server }),
      ...(request.dryRun === true && { dryRun: true }),
      ...(warnings.length > 0 && { warnings }),
    };
    const good = new Map<string, number>();
    const bad = new Set<string>();
    try {
      tell(line);
      const summary = await runChecks(
        {
          id,
          checks,
          jobs: request.jobs ?? JOBS,
          timeoutMs: Math.min(request.timeoutMs ?? RUN_MS_MAX, RUN_MS_MAX),
          isFailFast: request.failFast ?? false,
          retryFailed: request.retryFailed ?? 0,
          isDry: request.dryRun ?? false,
          hasPackets: request.pcapng ?? false,
          limits: this.#limits,
          pace: this.#pace,
          ready,
          lastGreen: (check) => request.lastGreen?.[check] ?? green.get(check),
        },
        { ...this.#parts.world, ...world },
        (result) => {
          its.done++;
          this.#keep(result);
          if (result.status === 'ok' && request.at === undefined) good.set(result.id, greenAt(result));
          else bad.add(result.id);
          tell(result);
        },
        AbortSignal.any([signal, stop.signal]),
      );
      this.#last.unshift({ run: line, who, summary });
      this.#last.splice(LAST_RUNS_MAX);
      tell(summary);
    } finally {
      // Of one that is several all have to be green.
      for (const check of bad) good.delete(check);
      if (good.size > 0) green.set(good);
      this.#running.delete(id);
      over.resolve();
    }
  }

  list(): ChecksList {
    return {
      running: [...this.#running.values()].map(({ told, done }) => ({ ...told, done })),
      last: [...this.#last],
      results: [...this.#results].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, result]) => result),
    };
  }

  counts(): ChecksCounts {
    const { sent, refused: unsent, waitedMs } = this.#pace.counts;
    return { ...this.#counts, running: this.#running.size, sent, unsent, waitedMs };
  }

  /** What runs is stopped, and has removed what it made. */
  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#running.values()];
    for (const { stop } of all) stop.abort();
    await Promise.all(all.map(({ over }) => over));
  }

  #refuseWhenBusy(): void {
    const going = this.#running.size + this.#preparing;
    if (going < RUNS_MAX) return;
    this.#counts.refused++;
    throw mistake(
      'query.busy',
      `${going} runs of checks are going on already`,
      'try again in a moment, or see GET /api/check',
    );
  }

  #keep(result: CheckResult): void {
    const name = { ok: 'ok', failed: 'failed', error: 'errors', skipped: 'skipped' } as const;
    this.#counts[name[result.status]]++;
    const { evidence, ...rest } = result;
    const { pcapng: _, ...kept } = evidence ?? {};
    this.#results.delete(keyOf(result));
    this.#results.set(keyOf(result), evidence ? { ...rest, evidence: kept } : rest);
    for (const oldest of this.#results.keys()) {
      if (this.#results.size <= RESULTS_MAX) break;
      this.#results.delete(oldest);
    }
  }
}

/** Of one that is ok: what had not come to the graph when it was asked may have come before it was told. */
export function greenAt({ attempts, startedAt, tookMs }: CheckResult): number {
  return attempts > 1 ? startedAt + tookMs : startedAt;
}

function keyOf({ id, instance }: CheckResult): string {
  return instance === undefined ? id : `${id} ${instance}`;
}
