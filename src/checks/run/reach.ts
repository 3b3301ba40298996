/** `reach`: whether packets get there, as they should. */
import type { Evidence, ResultCode } from '../result.ts';
import type { Check, ReachCheck, ReachExpectation } from '../suite/suite.ts';
import type { Attempt } from './attempt.ts';
import type { Instance } from './instances.ts';
import type { Moment } from './moment.ts';
import { eachPair, type Pair } from './pairs.ts';
import type { Run } from './run.ts';
import { sendOf } from './send.ts';
import { type Looked, type Outcome, packetText } from './traffic.ts';
import { codeOfRange, rangeText } from './value.ts';

export function tryReach(
  check: Check & ReachCheck,
  instance: Instance,
  run: Run,
  signal: AbortSignal,
): Promise<Attempt> {
  return eachPair(check, instance, run, signal, (pair, moment) => one(check, pair, run, moment, signal));
}

async function one(
  check: Check & ReachCheck,
  { from, to }: Pair,
  run: Run,
  moment: Moment,
  signal: AbortSignal,
): Promise<Attempt> {
  const { proto, port, method, count, expect } = check;
  const outcome = await sendOf({ check, from, to, proto, port, method, count }, run, moment, signal);
  const expected = expectedText(expect);
  const told = { expected, traffic: outcome.seen, expectedValue: expect.result, gotValue: outcome.fate.result };
  if (outcome.would !== undefined)
    return { ...told, isAsExpected: true, code: 'DELIVERED', got: packetText(check), would: outcome.would };
  // Which rule it was, or just which code, is known when it was looked for.
  const isFine = isResult(expect.result, outcome.fate.result);
  const isLooked =
    isFine && outcome.fate.result !== 'delivered' && (expect.code !== undefined || expect.by !== undefined);
  const looked = isLooked ? await outcome.look(signal) : undefined;
  const fault = faultOf(expect, outcome, looked);
  const isDelivered = outcome.fate.result === 'delivered';
  return {
    ...told,
    isAsExpected: fault === undefined,
    code: fault?.code ?? looked?.code ?? outcome.fate.code,
    got: fault?.got ?? outcome.got,
    reason: fault?.reason ?? outcome.reason,
    evidence: async (late) => {
      const found = await (outcome.lookAgain ?? outcome.look)(late);
      if (isDelivered || fault?.isAboutValue === true) return { evidence: found.evidence };
      return { evidence: found.evidence, reason: found.reason, code: found.code };
    },
  };
}

function isResult(expected: ReachExpectation['result'], got: Outcome['fate']['result']): boolean {
  return expected === 'unreachable' ? got !== 'delivered' : expected === got;
}

interface Fault {
  readonly code: ResultCode;
  readonly got: string;
  readonly reason?: string;
  /** It got there or not as it should, and something else is wrong. */
  readonly isAboutValue?: boolean;
}

function faultOf(expect: ReachExpectation, outcome: Outcome, looked: Looked | undefined): Fault | undefined {
  const { fate, seen, got, reason } = outcome;
  if (!isResult(expect.result, fate.result)) {
    const why =
      fate.result === 'delivered' ? `${seen.from} reaches ${seen.to} (${seen.packet}), which it should not` : reason;
    return { code: fate.code, got, ...(why !== undefined && { reason: why }) };
  }
  const code = looked?.code ?? fate.code;
  if (expect.code !== undefined && code !== expect.code) return valueFault(code, looked?.reason ?? got);
  const by = expect.by && byFault(expect.by, looked?.evidence);
  if (by !== undefined) return valueFault(code, by);
  const { lossPercent, rttMs } = expect;
  if (
    lossPercent !== undefined &&
    seen.lossPercent !== undefined &&
    codeOfRange(seen.lossPercent, lossPercent) !== undefined
  )
    return valueFault('LOSSY', `${seen.lossPercent} % of ${seen.sent} packets are lost`);
  for (const name of ['p50', 'p95', 'max'] as const) {
    const range = rttMs?.[name];
    const value = seen.rttMs?.[name];
    if (range === undefined) continue;
    if (value === undefined) return valueFault('SLOW', 'no round-trip time was measured');
    if (codeOfRange(value, range) !== undefined) return valueFault('SLOW', `round-trip time ${name} ${value} ms`);
  }
  return undefined;
}

function valueFault(code: ResultCode, got: string): Fault {
  return { code, got, reason: got, isAboutValue: true };
}

/** Undefined when all that is given is so. */
function byFault(
  { type, node, rule }: NonNullable<ReachExpectation['by']>,
  evidence: Evidence | undefined,
): string | undefined {
  const by = evidence?.by;
  const where = by?.node ?? evidence?.drop?.node ?? evidence?.stopsAt;
  if (type !== undefined && by?.type.toLowerCase() !== type.toLowerCase() && !isAkin(type, by?.type))
    return `it is stopped by ${by === undefined ? 'nobody knows what' : `a ${by.type}: ${by.text}`}`;
  if (node !== undefined && ![where?.name, where?.namespace, where?.id].includes(node))
    return `it stops at ${where?.name ?? 'an unknown place'}`;
  if (rule !== undefined && by?.text.includes(rule) !== true && by?.id !== rule)
    return `it is stopped by ${by?.text ?? 'nobody knows what'}`;
  return undefined;
}

/** A policy of a cluster is a rule on its host. */
function isAkin(expected: string, got: string | undefined): boolean {
  return /policy/i.test(expected) && (got === 'policy' || got === 'rule');
}

function expectedText({ result, code, lossPercent, rttMs, by }: ReachExpectation): string {
  const words: string[] = [result];
  if (code !== undefined) words.push(code);
  if (lossPercent !== undefined) words.push(`loss ${rangeText(lossPercent)} %`);
  for (const name of ['p50', 'p95', 'max'] as const)
    if (rttMs?.[name]) words.push(`rtt ${name} ${rangeText(rttMs[name])} ms`);
  if (by !== undefined) words.push(`by ${[by.type, by.rule, by.node && `at ${by.node}`].filter(Boolean).join(' ')}`);
  return words.join(', ');
}
