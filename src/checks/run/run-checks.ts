/** Runs checks: so many at a time, each result as soon as it is known, and whatever was made for it removed at the end. */
import { stackOf } from '../../std/stack-of.ts';
import type { CheckResult, RunSummary } from '../result.ts';
import type { Check } from '../suite/suite.ts';
import { Breath } from './breath.ts';
import { checked } from './check.ts';
import { type Instance, instancesOf } from './instances.ts';
import { Moments } from './moment.ts';
import { type Pace, Rations, type SendLimits } from './rations.ts';
import type { Run } from './run.ts';
import { Since } from './since.ts';
import { Slots } from './slots.ts';
import { Tally } from './tally.ts';
import { packetsKeptFor, Watches } from './watches.ts';
import type { World } from './world.ts';

export interface RunAsked {
  readonly id: string;
  readonly checks: readonly Check[];
  /** Attempts at the same time. */
  readonly jobs: number;
  /** Of the whole run, ms. */
  readonly timeoutMs: number | undefined;
  readonly isFailFast: boolean;
  /** Failed checks are run again at the end, so many times. */
  readonly retryFailed: number;
  readonly isDry: boolean;
  readonly hasPackets: boolean;
  readonly limits: SendLimits;
  /** Shared by all runs of a server. */
  readonly pace: Pace;
  readonly lastGreen: (id: string) => number | undefined;
  /** A promise while whoever reads the results has not taken those that there are: nothing new is begun until then. */
  readonly ready?: () => Promise<void> | undefined;
}

/** Failures whose evidence is gathered at the same time. */
const LOOKING_MAX = 16;

type CutOff = NonNullable<RunSummary['cutOff']>;

/** `tell` is given each result; resolves to the summary when nothing of the run is left in the world. */
export async function runChecks(
  asked: RunAsked,
  world: World,
  tell: (result: CheckResult) => void,
  signal: AbortSignal,
): Promise<RunSummary> {
  const stopping = new AbortController();
  let cutOff: CutOff | undefined;
  const stop = (why: CutOff['why'], text: string) => {
    cutOff ??= { why, text };
    stopping.abort(new CutOffError());
  };
  const interrupted = () => stop('interrupted', 'whoever asked for it has gone');
  if (signal.aborted) interrupted();
  signal.addEventListener('abort', interrupted);
  const { timeoutMs } = asked;
  const cancel =
    timeoutMs === undefined
      ? () => undefined
      : world.clock.after(timeoutMs, () => stop('timeout', `it took longer than ${timeoutMs / 1000} s`));
  const tally = new Tally(world.clock.now());
  const moments = new Moments(world);
  try {
    await using watches = new Watches(world, {
      id: asked.id,
      endAt: world.clock.now() + Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, longestMs(asked)),
      packetsKept: packetsKeptFor(asked.checks, asked.hasPackets),
    });
    const run: Run = {
      id: asked.id,
      world,
      moments,
      watches,
      rations: new Rations(asked.limits, asked.pace),
      stretch: () => undefined,
      begunAt: world.clock.now(),
      looking: new Slots(LOOKING_MAX),
      blaming: new Slots(1),
      isDry: asked.isDry,
      hasPackets: asked.hasPackets,
      since: new Since(asked.checks, asked.lastGreen),
      breath: new Breath(world),
      ready: asked.ready ?? (() => undefined),
      spent: { wholes: 0, whyMs: 0 },
      isTriedAgain: asked.retryFailed > 0,
      failure: { isBrief: false },
    };
    const slots = new Slots(asked.jobs);
    await world.turn();
    watches.plan(asked.checks, run, stopping.signal);
    const told = (result: CheckResult) => {
      tally.add(result);
      tell(result);
      if (asked.isFailFast && result.status === 'failed' && result.severity === 'error')
        stop('fail-fast', `${result.id} failed, and --fail-fast was asked for`);
    };
    let failed = await all(asked.checks, run, slots, stopping.signal, told);
    for (let round = 1; round <= asked.retryFailed && failed.length > 0; round++) {
      const its: Run = { ...run, isTriedAgain: round < asked.retryFailed };
      failed = await again(failed, its, slots, stopping.signal, told);
    }
  } catch (error) {
    if (!(error instanceof CutOffError)) {
      world.log.warn(`checks: ${stackOf(error)}`);
      stop('broken', 'the server met an error of its own; its log has more');
    }
  } finally {
    cancel();
    signal.removeEventListener('abort', interrupted);
    stopping.abort(new CutOffError());
  }
  return tally.summary(world.clock.now(), cutOff);
}

/** The run is over before all of it was run. */
class CutOffError extends Error {}

/** What checks that send take at most, however many go at a time: what is opened for them need not live longer. */
function longestMs({ checks, jobs, retryFailed }: RunAsked): number {
  let [sum, most] = [0, 0];
  for (const check of checks) {
    if (check.skip !== undefined) continue;
    const its = check.retry.forMs + check.holdMs + 2 * LONG_MS + check.timeoutMs;
    sum += its;
    most = Math.max(most, its);
  }
  return Math.ceil((1 + retryFailed) * (sum / jobs + most));
}

/** Around an attempt, and for its evidence: see check.ts. */
const LONG_MS = 10_000;

interface Failed {
  readonly check: Check;
  readonly instance: Instance;
  readonly before: CheckResult;
}

/** Gives those that failed and were not told, to be run again. */
async function all(
  checks: readonly Check[],
  run: Run,
  slots: Slots,
  signal: AbortSignal,
  tell: (result: CheckResult) => void,
): Promise<Failed[]> {
  const failed: Failed[] = [];
  const one = async (check: Check) => {
    const instances = await instancesOf(check, run, slots, signal);
    await each(instances, run, async (instance) => {
      const result = await checked(check, instance, run, slots, signal);
      if (run.isTriedAgain && result.status === 'failed') failed.push({ check, instance, before: result });
      else tell(result);
    });
  };
  await each(checks, run, one);
  return failed;
}

async function again(
  failed: readonly Failed[],
  run: Run,
  slots: Slots,
  signal: AbortSignal,
  tell: (result: CheckResult) => void,
): Promise<Failed[]> {
  const still: Failed[] = [];
  await each(failed, run, async ({ check, instance, before }) => {
    const result = await checked(check, instance, run, slots, signal);
    const whole: CheckResult = {
      ...result,
      attempts: before.attempts + result.attempts,
      startedAt: before.startedAt,
      tookMs: before.tookMs + result.tookMs,
      ...(result.status === 'ok' && { flaky: true }),
    };
    if (run.isTriedAgain && result.status === 'failed') still.push({ check, instance, before: whole });
    else tell(whole);
  });
  return still;
}

/** All of them end, also when one is cut off: nothing goes on behind the back of who waits. */
async function each<T>(all: readonly T[], { breath }: Run, act: (one: T) => Promise<void>): Promise<void> {
  const begun: Promise<{ readonly error: unknown } | undefined>[] = [];
  for (const one of all) {
    await breath.take();
    begun.push(
      act(one).then(
        () => undefined,
        (error: unknown) => ({ error }),
      ),
    );
  }
  const wrong = (await Promise.all(begun)).find((one) => one !== undefined);
  if (wrong) throw wrong.error;
}
