/**
 * The last moment at which all was well, where nobody says when that was.
 *
 * Whole pictures of the past are dear, changes of what is near the path are cheap: few moments are looked at, further and
 * further back, and between two of them the changes are played. So a moment is found by what changed, however short it was.
 */
import type { Timeline } from '../graph/view.ts';
import type { Mistake } from '../std/mistake.ts';
import { badness } from './badness.ts';
import { between } from './between.ts';
import { factsOf } from './facts.ts';
import type { Conversation, Judgement } from './judge.ts';
import { type Regions, regionsOf, versionsIn } from './near.ts';
import { judgedAfter } from './play.ts';
import { stepsOf } from './steps.ts';
import { trafficOf } from './traffic.ts';
import { isMoment, judgedAs, type Moment, type MomentQuestion, momentAt } from './window.ts';

export interface LookedBack {
  /** The last moment at which it was better than in the end. */
  readonly good: Moment | undefined;
  /** Where there is none: since when it has been as it is in the end. */
  readonly same: Moment;
  readonly failed: Moment;
  /** Moments at which the model was asked: each between two changes that could matter is one. */
  readonly looked: number;
}

/** Each step back is so many times as long as the one before. */
const FIRST_STEP_MS = 250;
const STRETCH = 16;
/** Moments that looked good near the path, and are looked at as a whole. */
const TRIED_MAX = 6;

export interface Back {
  readonly failed: number;
  readonly since: number;
  /** Looked back to when it is known to fail, and has since then. */
  readonly further?: number | undefined;
}

/** Rejects with a Mistake for ends that nobody knows at any of these moments. */
export async function lookBack(
  { failed, since, further }: Back,
  about: MomentQuestion,
  timeline: Pick<Timeline, 'history' | 'recalled'>,
): Promise<LookedBack> {
  const last = await momentAt(failed, about);
  const nowAs = remembered((conversation) => judgedAs(failed, conversation, about));
  let later = isMoment(last) ? last : undefined;
  let oneWay: Moment | undefined;
  let same: { readonly time: number; readonly isOver: boolean } = { time: failed, isOver: false };
  let tried = 0;
  let looked = 1;
  // Nobody has its destination in the end: where it left all was well, unless it is known to have arrived before.
  const isBeyond = isMoment(last) && last.conversation.end === undefined;
  const isBest = (then: Judgement, was: Judgement) => isBetter(then, was) || (isBeyond && isBetterAway(then, was));
  const isFailing = isMoment(last) && !arrives(last.judgement);
  for (const time of stepsBack(failed, since, isFailing ? further : undefined)) {
    if (time < since && oneWay !== undefined) break;
    const found = await momentAt(time, about);
    // An end that was not there yet is the one that was there later.
    const conversation = isMoment(found) ? found.conversation : later?.conversation;
    if (conversation === undefined) continue;
    const earlier = isMoment(found) ? found : await judgedAs(time, conversation, about);
    later ??= await nowAs(conversation);
    const now = (await nowAs(conversation)).judgement;
    const states = await statesBetween(earlier, later, about, timeline);
    looked += states.length;
    for (const state of states) {
      if (!same.isOver)
        same = badness(state.judgement, now) < WORSE ? { time: state.time, isOver: false } : { ...same, isOver: true };
      if (tried >= TRIED_MAX || !isBest(state.judgement, now)) continue;
      tried++;
      const whole = state.time === earlier.time ? earlier : await momentAt(state.time, about);
      if (!isMoment(whole) || !isBest(whole.judgement, (await nowAs(whole.conversation)).judgement)) continue;
      // Where answers have never come back it cannot be better than this.
      if (whole.judgement.back?.reaches === 'yes')
        return { good: whole, same: whole, failed: await nowAs(whole.conversation), looked };
      oneWay ??= whole;
    }
    later = earlier;
  }
  if (oneWay !== undefined) return { good: oneWay, same: oneWay, failed: await nowAs(oneWay.conversation), looked };
  const known = isMoment(last) ? last : later;
  if (known === undefined) throw last as Mistake;
  const { conversation } = known;
  return {
    good: undefined,
    same: await judgedAs(same.time, conversation, about),
    failed: await nowAs(conversation),
    looked,
  };
}

/** So much worse is a failure, and not another way. */
const WORSE = 12;

function isBetter(then: Judgement, now: Judgement): boolean {
  return then.there.reaches === 'yes' && badness(now, then) >= WORSE;
}

/** The same of what leads to where nobody watches: all the way there is not known of it at any moment. */
function isBetterAway(then: Judgement, now: Judgement): boolean {
  return LEAVING.has(then.there.code ?? '') && badness(now, then) >= WORSE;
}

/** Codes of paths: by a wire out of the host, to a namespace that nobody watches, to a virtual machine or a VPN. */
const LEAVING = new Set(['leaves', 'peer', 'program']);

/** So much is known of both ways, as far as there is a way back. */
function arrives({ there, back }: Judgement): boolean {
  return there.reaches === 'yes' && back?.reaches !== 'no';
}

function* stepsBack(failed: number, since: number, further = since): Generator<number> {
  let step = FIRST_STEP_MS;
  for (; failed - step > since; step *= STRETCH) yield failed - step;
  yield Math.min(since, failed);
  for (; failed - step > further; step *= STRETCH) if (failed - step < since) yield failed - step;
  if (further < since) yield further;
}

interface State {
  readonly time: number;
  readonly judgement: Judgement;
}

/** What the model says after each change between two moments, as far as that is near the path; the latest first. */
async function statesBetween(
  earlier: Moment,
  later: Moment,
  about: MomentQuestion,
  timeline: Pick<Timeline, 'history' | 'recalled'>,
): Promise<State[]> {
  const passing = timeline.recalled?.({ from: earlier.time, to: later.time });
  const first = { time: earlier.time, judgement: earlier.judgement };
  // Where it stopped at both moments nothing is known of the way behind that.
  const { start, end } = earlier.conversation;
  const isStopped = [earlier, later].every(({ judgement }) => judgement.there.reaches !== 'yes');
  const ways = end === undefined || !isStopped ? [] : [earlier, later].map(({ view }) => between(view, start, end));
  const more = new Set(ways.flat());
  for (let round = 1; ; round++) {
    const regions = regionsOf(earlier, later, more, passing);
    const states = [...(await statesNear(regions, earlier, later, about, timeline)), first];
    if (round === ROUNDS_MAX || states.some(({ judgement }) => judgement.there.reaches === 'yes')) return states;
    // It came further in between: what is near there belongs to it, too.
    const size = more.size;
    for (const { judgement } of states)
      for (const { node } of judgement.there.hops) if (regions.distance.get(node.id) !== 0) more.add(node.id);
    if (more.size === size) return states;
  }
}

/** Each leads three steps further. */
const ROUNDS_MAX = 5;

async function statesNear(
  regions: Regions,
  earlier: Moment,
  later: Moment,
  about: MomentQuestion,
  timeline: Pick<Timeline, 'history'>,
): Promise<State[]> {
  const window = { from: earlier.time, to: later.time };
  const versions = await versionsIn(regions, window, timeline);
  const steps = stepsOf(versions, window);
  if (steps.length === 0) return [];
  const traffic = trafficOf(earlier.conversation, earlier.judgement, earlier.atlas);
  const matters = new Set(
    steps.filter((step) => factsOf(step, traffic, (id) => id).some(({ kind }) => kind !== 'noise')),
  );
  const work = judgedAfter({
    base: regions.base,
    time: window.from,
    steps,
    conversation: earlier.conversation,
    well: earlier.judgement,
    budget: about.budget,
    matters: (step) => matters.has(step),
  });
  const states = await about.drain(work, later.view);
  return states.filter(({ time }) => time > earlier.time);
}

/** Asked for the same conversation again, it is known. */
function remembered(judge: (conversation: Conversation) => Promise<Moment>): (of: Conversation) => Promise<Moment> {
  const known = new Map<string, Promise<Moment>>();
  return (conversation) => {
    const key = JSON.stringify(conversation);
    const found = known.get(key) ?? judge(conversation);
    known.set(key, found);
    return found;
  };
}
