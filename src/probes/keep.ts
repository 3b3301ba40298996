/** Keeps one probe running: run, fail, wait, run again; and says once what changed. */
import type { GraphView } from '../graph/view.ts';
import { backoff } from '../std/backoff.ts';
import type { Clock } from '../std/clock.ts';
import { pause, settlesWithin } from '../std/pause.ts';
import { Unavailable } from '../std/unavailable.ts';
import { guard, type Outside } from './guard.ts';
import type { Log, Probe, ProbeHost } from './probe.ts';
import type { ProbeStatus } from './status.ts';

export interface KeepParts extends Outside {
  readonly view: () => GraphView;
  readonly host: ProbeHost;
  readonly log: Log;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

export interface Kept {
  /** Resolves when the probe has its first reading in the graph, waits for its next try, or is off. */
  readonly settled: Promise<void>;
  /** Resolves when it has stopped for good. Never rejects. */
  readonly ended: Promise<void>;
  status(): ProbeStatus;
}

const FIRST_WAIT_MS = 1_000;
const WAIT_MAX_MS = 60_000;
/** A probe that finds what it cannot see one by one says so once, and once more when it has seen all. */
export const NOTICE_REST_MS = 2_000;
/** How long a run may take to end after it was asked to. */
export const STOP_MS = 5_000;

export function keep(
  { probe, options, on }: { probe: Probe; options: unknown; on: boolean },
  parts: KeepParts,
  stop: AbortSignal,
): Kept {
  const { clock } = parts;
  const log: Log = {
    info: (message) => parts.log.info(`probe ${probe.name}: ${message}`),
    warn: (message) => parts.log.warn(`probe ${probe.name}: ${message}`),
  };
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
  const counters: Record<string, number> = {};
  const status = firstStatus(probe.name, clock.now(), counters);
  /** What was logged of the failure that is not over yet. */
  let told: string | undefined;

  const ended = on ? runAgainAndAgain() : Promise.resolve(enter('off'));
  return { settled, ended, status: () => ({ ...status, counters: { ...counters } }) };

  function enter(state: ProbeStatus['state']): void {
    if (status.state !== state) status.since = clock.now();
    status.state = state;
    if (state !== 'starting') settle();
  }

  async function runAgainAndAgain(): Promise<void> {
    const waits = backoff({ firstMs: FIRST_WAIT_MS, maxMs: WAIT_MAX_MS, random: parts.random });
    while (!stop.aborted) {
      const startedAt = clock.now();
      const error = await runOnce(startedAt);
      status.notices = [];
      status.remark = undefined;
      if (stop.aborted) break;
      // What ran for long was well: its next failure is a first one.
      if (clock.now() - startedAt > WAIT_MAX_MS) waits.reset();
      const waitMs = waits.next();
      failed(error, waitMs);
      await pause(clock, waitMs, stop);
      status.nextTryMs = undefined;
    }
    enter('off');
  }

  /** Resolves with the reason for which the run ended. */
  async function runOnce(startedAt: number): Promise<Error> {
    status.runs++;
    enter('starting');
    const ending = new AbortController();
    const signal = AbortSignal.any([stop, ending.signal]);
    const { failed: callbackFailed, ...outside } = guard(parts, signal, clock.now);
    const warn = seldom(clock, { restMs: NOTICE_REST_MS, signal }, log.warn);
    const running = (async () =>
      probe.run({
        ...outside,
        options,
        view: parts.view,
        host: parts.host,
        signal,
        log,
        ready() {
          if (signal.aborted || status.state === 'up') return;
          status.durationMs = clock.now() - startedAt;
          if (told !== undefined) log.info('up again');
          told = undefined;
          enter('up');
        },
        notice(text, how) {
          if (signal.aborted) return;
          status.remark = how === 'quietly' ? text : undefined;
          const loud = how === 'quietly' ? undefined : text;
          if (status.notices[0] === loud) return;
          status.notices = loud === undefined ? [] : [loud];
          warn(loud);
        },
        count(name, by = 1) {
          counters[name] = (counters[name] ?? 0) + by;
        },
      }))();
    const ran = running.then(() => new Error('ended without being asked to'));
    const error = await Promise.race([ran, callbackFailed]).catch(asError);
    ending.abort();
    // Two runs of one probe do not overlap, unless the first does not listen.
    await settlesWithin(clock, STOP_MS, running);
    return error;
  }

  function failed(error: Error, waitMs: number): void {
    status.errors++;
    status.lastError = error.message;
    status.needs = error instanceof Unavailable ? error.needs : undefined;
    status.nextTryMs = clock.now() + waitMs;
    enter('waiting');
    if (told === error.message) return;
    told = error.message;
    // A bug comes with its stack, a refusal of the world with what would do.
    const text = error instanceof Unavailable ? error.message : (error.stack ?? error.message);
    log.warn(`${text}; trying again in ${Math.ceil(waitMs / 1000)} s`);
  }
}

/** What is said goes out at once; of what is said while it rests the last word, when the rest is over. */
function seldom(
  clock: KeepParts['clock'],
  { restMs, signal }: { readonly restMs: number; readonly signal: AbortSignal },
  say: (text: string) => void,
): (text: string | undefined) => void {
  let said: string | undefined;
  let last: string | undefined;
  let isResting = false;
  return function tell(text) {
    last = text;
    if (isResting || text === said) return;
    said = text;
    if (text === undefined) return;
    say(text);
    isResting = true;
    clock.after(restMs, () => {
      isResting = false;
      if (!signal.aborted) tell(last);
    });
  };
}

type Writable = { -readonly [Key in keyof ProbeStatus]: ProbeStatus[Key] };

function firstStatus(name: string, since: number, counters: Record<string, number>): Writable {
  return {
    name,
    state: 'starting',
    since,
    runs: 0,
    errors: 0,
    lastError: undefined,
    needs: undefined,
    durationMs: undefined,
    nextTryMs: undefined,
    counters,
    notices: [],
    remark: undefined,
  };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
