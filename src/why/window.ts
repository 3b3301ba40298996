/** From when to when: the last moment at which all was well, where nobody says when that was. */
import type { GraphView } from '../graph/view.ts';
import type { PathQuestion } from '../query/forwarding/path.ts';
import type { Budget } from '../query/limits.ts';
import type { Mistake } from '../std/mistake.ts';
import { badness } from './badness.ts';
import { asked, type Conversation, type Judgement, judge } from './judge.ts';

export interface Moment {
  readonly time: number;
  readonly view: GraphView;
  readonly conversation: Conversation;
  readonly judgement: Judgement;
}

export interface MomentQuestion {
  readonly question: Omit<PathQuestion, 'places'>;
  readonly budget: Budget;
  viewAt(time: number): Promise<GraphView>;
  places(time: number): Promise<PathQuestion['places']>;
  /** Runs it, with pauses. */
  drain<T>(work: Generator<undefined, T>, view: GraphView): Promise<T>;
}

export async function momentAt(time: number, about: MomentQuestion): Promise<Moment | Mistake> {
  const view = await about.viewAt(time);
  const places = await about.places(time);
  const { conversation, mistake } = await about.drain(asked({ ...about.question, places }, view, about.budget), view);
  if (conversation === undefined) return mistake as Mistake;
  const judgement = await about.drain(judge(conversation, view, about.budget), view);
  return { time, view, conversation, judgement };
}

export async function judgedAs(time: number, conversation: Conversation, about: MomentQuestion): Promise<Moment> {
  const view = await about.viewAt(time);
  const judgement = await about.drain(judge(conversation, view, about.budget), view);
  return { time, view, conversation, judgement };
}

/** Each step back is twice as long as the one before. ms. */
const FIRST_STEP_MS = 100;
/** Moments that are asked. */
const ASKED_MAX = 24;

/** The nearest moment before `failed` at which it was better than then; undefined: at none that was asked. */
export async function lastGood(
  { failed, since }: { readonly failed: number; readonly since: number },
  about: MomentQuestion,
): Promise<Moment | undefined> {
  let oneWay: Moment | undefined;
  for (let step = FIRST_STEP_MS, asked = 0; asked < ASKED_MAX; step *= 2, asked++) {
    const time = Math.max(since, failed - step);
    const moment = await momentAt(time, about);
    if (isMoment(moment) && moment.judgement.there.reaches === 'yes') {
      const now = await judgedAs(failed, moment.conversation, about);
      if (badness(now.judgement, moment.judgement) >= WORSE) {
        // Where answers have never come back it cannot be better than this.
        if (moment.judgement.back?.reaches === 'yes') return moment;
        oneWay ??= moment;
      }
    }
    if (time === since) break;
  }
  return oneWay;
}

/** So much worse is a failure, and not another way. */
const WORSE = 12;

export function isMoment(found: Moment | Mistake): found is Moment {
  return 'judgement' in found;
}
