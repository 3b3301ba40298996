/** `reach` by `model`: what the graph of a moment says, with no packet sent. */

import type { PathAnswer } from '../../query/forwarding/path.ts';
import { placeOf, placeText } from '../../query/forwarding/place.ts';
import { mistake } from '../../std/mistake.ts';
import type { Evidence } from '../result.ts';
import { type Fate, fateOfPath, isTranslation } from './codes.ts';
import { countersAlong } from './counters.ts';
import type { Moment } from './moment.ts';
import { changesNear } from './near.ts';
import { isWanted, type Run } from './run.ts';
import { type Outcome, once, packetText, type Sending, wayOf } from './traffic.ts';
import { deciderOf, hopsOf, plainReason } from './way.ts';

export async function byModel(sending: Sending, run: Run, moment: Moment, signal: AbortSignal): Promise<Outcome> {
  const answer = await wayOf(sending, moment, signal);
  const { there, back } = answer;
  if (there.reaches === 'unknown')
    throw mistake(
      'check.unknown',
      `the graph does not tell whether it gets there: ${there.reason ?? there.code}`,
      'method inject or connect tries it',
    );
  const atlas = await moment.atlas(signal);
  const fate = fateOf(answer);
  const stop = there.at && placeText(placeOf(there.at, atlas));
  const closed = closedText(answer);
  const end = there.hops.at(-1)?.node;
  const isBack =
    there.reaches === 'yes' && back?.reaches === 'no' && fate.result !== 'delivered' && closed === undefined;
  const backStop =
    isBack && back?.at ? `, the answer stops at ${placeText(placeOf(back.at, atlas))}: ${back.reason}` : '';
  const reason =
    there.reaches === 'no'
      ? `stopped at ${stop ?? 'an unknown place'}: ${plainReason(there)}`
      : isBack
        ? `it gets there${backStop}`
        : closed && `stopped at ${end === undefined ? 'its end' : placeText(placeOf(end, atlas))}: ${closed}`;
  const told = (evidence: Evidence) => ({ code: fate.code, reason, evidence });
  return {
    fate,
    got: fate.result === 'delivered' ? 'it gets there' : `${fate.code}: ${reason}`,
    reason: fate.result === 'delivered' ? undefined : reason,
    seen: { from: sending.from.name, to: sending.to.name, packet: packetText(sending), method: 'model' },
    // Who stops it is known at once; the rest is for who has to find out why.
    look: once(async (late) => told(await evidenceOf(answer, fate, sending, { ...run, failure: BRIEF }, moment, late))),
    lookAgain: once(async (late) => told(await evidenceOf(answer, fate, sending, run, moment, late))),
  };
}

const BRIEF = { isBrief: true };

/** An answer has to come back, for all but a datagram. */
function fateOf({ there, back, packet }: PathAnswer): Fate {
  if (there.reaches === 'no') return fateOfPath(there.code, there.reason);
  if (closedText({ there })) return { code: 'PORT_CLOSED', result: 'refused' };
  if (back?.reaches === 'no' && packet.protocol !== 17)
    return { code: isTranslation(back) ? 'NAT_MISMATCH' : 'ASYMMETRIC', result: 'dropped' };
  return { code: 'DELIVERED', result: 'delivered' };
}

export function closedText({ there }: Pick<PathAnswer, 'there'>): string | undefined {
  return there.hops.at(-1)?.issues.find(({ code }) => code === 'nobody-listens')?.text;
}

async function evidenceOf(
  answer: PathAnswer,
  fate: Fate,
  sending: Sending,
  run: Run,
  moment: Moment,
  signal: AbortSignal,
): Promise<Evidence> {
  const atlas = await moment.atlas(signal);
  const { there, back } = answer;
  const isBack = there.reaches === 'yes' && (fate.code === 'ASYMMETRIC' || fate.code === 'NAT_MISMATCH');
  const way = isBack && back ? back : there;
  const closed = closedText(answer);
  const last = there.hops.at(-1)?.node;
  const stop = closed === undefined ? way.at : last;
  const by =
    closed !== undefined
      ? ({ type: 'socket', text: closed, ...(last && { node: placeOf(last, atlas) }) } as const)
      : deciderOf(way, atlas);
  const changes = await changesNear(answer, sending, run, moment, signal);
  return {
    ...(isWanted('path', sending.check, run) && {
      hops: hopsOf(way, atlas, { ...(moment.time === undefined && { counters: await countersAlong(way.hops, run) }) }),
    }),
    ...(stop && { stopsAt: placeOf(stop, atlas) }),
    ...(by && { by }),
    ...changes,
  };
}
