/** A conversation at a moment: who it was, and what the model said of it. */
import type { GraphView } from '../graph/view.ts';
import type { Atlas } from '../query/forwarding/atlas.ts';
import type { PathQuestion } from '../query/forwarding/path.ts';
import type { Budget } from '../query/limits.ts';
import type { Mistake } from '../std/mistake.ts';
import { asked, type Conversation, type Judgement, judge } from './judge.ts';

export interface Moment {
  readonly time: number;
  readonly view: GraphView;
  /** Of that view, read. */
  readonly atlas: Atlas;
  readonly conversation: Conversation;
  readonly judgement: Judgement;
}

export interface MomentQuestion {
  readonly question: Omit<PathQuestion, 'places'>;
  readonly budget: Budget;
  atlasAt(time: number): Promise<Atlas>;
  places(time: number): Promise<PathQuestion['places']>;
  /** Runs it, with pauses. */
  drain<T>(work: Generator<undefined, T>, view: GraphView): Promise<T>;
}

export async function momentAt(time: number, about: MomentQuestion): Promise<Moment | Mistake> {
  const atlas = await about.atlasAt(time);
  const places = await about.places(time);
  const { conversation, mistake } = await about.drain(asked({ ...about.question, places }, atlas), atlas.view);
  return conversation === undefined ? (mistake as Mistake) : judgedAs(time, conversation, about);
}

export async function judgedAs(time: number, conversation: Conversation, about: MomentQuestion): Promise<Moment> {
  const atlas = await about.atlasAt(time);
  const { view } = atlas;
  const judgement = await about.drain(judge(conversation, atlas), view);
  return { time, view, atlas, conversation, judgement };
}

export function isMoment(found: Moment | Mistake): found is Moment {
  return 'judgement' in found;
}
