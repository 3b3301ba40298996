/** One check, from its first attempt to its result. */
import { Mistake, mistake } from '../../std/mistake.ts';
import { stackOf } from '../../std/stack-of.ts';
import type { Unavailable } from '../../std/unavailable.ts';
import type { CheckResult, Evidence } from '../result.ts';
import type { Check } from '../suite/suite.ts';
import type { Attempt, Told } from './attempt.ts';
import { tryChanged } from './changed.ts';
import type { Instance } from './instances.ts';
import { tryMatrix } from './matrix.ts';
import { tryMetric } from './metric.ts';
import { tryPath } from './path.ts';
import { type Persisted, persist } from './persist.ts';
import { tryQuery } from './query.ts';
import { tryReach } from './reach.ts';
import type { Run } from './run.ts';
import type { Slots } from './slots.ts';
import { tryWorkflow } from './workflow.ts';

/** What comes before and after the waiting of an attempt that sends: captures, neighbours, the way by the model. */
const AROUND_MS = 10_000;
/** Evidence is looked for so long. */
const EVIDENCE_MS = 10_000;

/** Failures of one run that are looked into whole; of more it is told where they stop and what stops them. */
export const WHOLES_MAX = 200;

/** Rejects when the run is over. What goes wrong for a reason of our own is an error of this check alone. */
export async function checked(
  check: Check,
  instance: Instance,
  run: Run,
  slots: Slots,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { clock, log } = run.world;
  const startedAt = clock.now();
  const head = headOf(check, instance, startedAt);
  const result: Make = (more) => ({ ...head, ...more, tookMs: clock.now() - startedAt });
  try {
    const its: Run = { ...run, begunAt: startedAt, failure: { isBrief: false } };
    return await resultOf(check, instance, { run: its, slots, signal, result });
  } catch (error) {
    signal.throwIfAborted();
    log.warn(`check ${check.id}: ${stackOf(error)}`);
    return result({ status: 'error', reason: 'the server met an error of its own; its log has more' });
  }
}

type Make = (more: Partial<CheckResult> & Pick<CheckResult, 'status'>) => CheckResult;

interface Doing {
  readonly run: Run;
  readonly slots: Slots;
  readonly signal: AbortSignal;
  readonly result: Make;
}

async function resultOf(check: Check, instance: Instance, { run, slots, signal, result }: Doing): Promise<CheckResult> {
  const { clock } = run.world;
  if (check.skip !== undefined) return result({ status: 'skipped', reason: check.skip, attempts: 0 });
  if (instance.error) return result({ status: 'error', ...troubleOf(instance.error) });
  const persistence = run.isDry ? { retry: { ...check.retry, forMs: 0 }, holdMs: 0 } : check;
  const ended = await persist(
    persistence,
    () =>
      slots.with(signal, async () => {
        await whenReady(run, signal);
        return inTime(check, instance, run, signal);
      }),
    clock,
    signal,
  );
  if ('error' in ended.last)
    return result({ status: 'error', attempts: ended.attempts, ...troubleOf(ended.last.error) });
  const { attempt } = ended.last;
  const { code, ...said } = saidOf(attempt);
  // That something arrived is said of packets alone.
  const isCoded = !attempt.isAsExpected || ABOUT_PACKETS.has(check.kind);
  const its = { ...said, ...(isCoded && code !== undefined && { code }), attempts: ended.attempts };
  if (run.isDry && attempt.would !== undefined)
    return result({ status: 'skipped', reason: 'nothing is sent with --dry-run', ...its });
  if (attempt.isAsExpected)
    return result({
      status: 'ok',
      ...its,
      ...(ended.wasWrong && { flaky: true }),
      ...(ended.heldMs !== undefined && { heldMs: ended.heldMs }),
    });
  if (run.isTriedAgain)
    return result({ status: 'failed', ...its, reason: reasonOf(ended, attempt.reason ?? attempt.got) });
  if (check.evidence.onFailure.length > 0) run.failure.isBrief = ++run.spent.wholes > WHOLES_MAX;
  const told = await run.looking.with(signal, async () => {
    await whenReady(run, signal);
    return evidenceOf(attempt, check, run, signal);
  });
  const reason = reasonOf(ended, told.reason ?? attempt.reason ?? attempt.got);
  return result({
    status: 'failed',
    ...its,
    reason,
    ...(told.code !== undefined && { code: told.code }),
    ...(Object.keys(told.evidence).length > 0 && { evidence: told.evidence }),
  });
}

/** Others have had their turn, and whoever reads the results has taken most of those that there are. */
async function whenReady({ breath, ready }: Run, signal: AbortSignal): Promise<void> {
  await breath.take();
  const waiting = ready();
  if (waiting !== undefined) await orAborted(waiting, signal);
}

const ABOUT_PACKETS = new Set<Check['kind']>(['reach', 'path', 'matrix']);

function headOf(check: Check, { name }: Instance, startedAt: number): Omit<CheckResult, 'status' | 'tookMs'> {
  const { position } = check;
  return {
    schema: 'skein/v1',
    kind: 'result',
    id: check.id,
    ...(name !== undefined && { instance: name }),
    name: check.name,
    suite: check.suite,
    check: check.kind,
    tags: check.tags,
    severity: check.severity,
    file: position.file,
    line: position.line,
    column: position.column,
    attempts: 0,
    startedAt,
  };
}

function saidOf({
  code,
  expected,
  got,
  expectedValue,
  gotValue,
  traffic,
  matrix,
  would,
  hint,
}: Attempt): Partial<CheckResult> {
  return {
    code,
    expected,
    got,
    ...(expectedValue !== undefined && { expectedValue }),
    ...(gotValue !== undefined && { gotValue }),
    ...(traffic && { traffic }),
    ...(matrix && { matrix }),
    ...(would && { would }),
    ...(hint !== undefined && { hint }),
  };
}

function troubleOf(error: Mistake | Unavailable): { reason: string; hint?: string } {
  const hint = error instanceof Mistake ? error.faults[0]?.hint : undefined;
  return { reason: error.message, ...(hint !== undefined && { hint }) };
}

function reasonOf({ brokeAfterMs }: Persisted, reason: string): string {
  return brokeAfterMs === undefined
    ? reason
    : `it was as expected for ${(brokeAfterMs / 1000).toFixed(1)} s, and then no more: ${reason}`;
}

/** Where and why is looked for in any case; a failure is one without it too. */
async function evidenceOf(attempt: Attempt, check: Check, run: Run, signal: AbortSignal): Promise<Told> {
  if (attempt.evidence === undefined) return { evidence: {} };
  const late = new AbortController();
  const cancel = run.world.clock.after(EVIDENCE_MS, () => late.abort(mistake('check.evidence', 'it took too long')));
  try {
    const told = await attempt.evidence(AbortSignal.any([signal, late.signal]));
    if (check.evidence.onFailure.length === 0) return { ...told, evidence: {} };
    if (!run.failure.isBrief) return told;
    const missing = [
      ...(told.evidence.missing ?? []),
      `more: ${WHOLES_MAX} failures of this run were looked into whole`,
    ];
    return { ...told, evidence: { ...told.evidence, missing } };
  } catch (error) {
    signal.throwIfAborted();
    const evidence: Evidence = { missing: [`evidence: ${(error as Error).message}`] };
    return { evidence };
  } finally {
    cancel();
  }
}

async function inTime(check: Check, instance: Instance, run: Run, signal: AbortSignal): Promise<Attempt> {
  const isSending = (check.kind === 'reach' || check.kind === 'matrix') && check.method !== 'model';
  let endAt = run.world.clock.now() + check.timeoutMs + (isSending ? AROUND_MS : 0);
  // Not AbortSignal.any: of a thousand checks its weak references are most of what there is to collect.
  const stopping = new AbortController();
  let isLate = false;
  const stop = () => stopping.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const late = () => {
    const leftMs = endAt - run.world.clock.now();
    if (leftMs > 0) {
      cancel = run.world.clock.after(leftMs, late);
      return;
    }
    isLate = true;
    stopping.abort(new Error('late'));
  };
  let cancel = run.world.clock.after(endAt - run.world.clock.now(), late);
  const stretch = (ms: number) => {
    endAt += ms;
  };
  try {
    return await orAborted(attemptOf(check, instance, { ...run, stretch }, stopping.signal), stopping.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isLate) throw error;
    throw mistake(
      'check.timeout',
      `one attempt took longer than ${check.timeoutMs / 1000} s`,
      'give it more with timeout',
    );
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}

/** What does not listen to the signal is left behind. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function attemptOf(check: Check, instance: Instance, run: Run, signal: AbortSignal): Promise<Attempt> {
  switch (check.kind) {
    case 'reach':
      return tryReach(check, instance, run, signal);
    case 'path':
      return tryPath(check, instance, run, signal);
    case 'query':
      return tryQuery(check, run, signal);
    case 'changed':
      return tryChanged(check, run, signal);
    case 'matrix':
      return tryMatrix(check, run, signal);
    case 'metric':
      return tryMetric(check, run);
    case 'workflow':
      return tryWorkflow(check, run, signal);
  }
}
