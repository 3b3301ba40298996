/** The composition root's part about what broke: for whoever has ends that are settled, as checks have. */
import { whyWorld } from './api/why-world.ts';
import type { SocketView } from './ends/socket-view.ts';
import type { Timeline } from './graph/view.ts';
import type { WhyAnswer, WhyQuestion } from './why/question.ts';

/** Loaded when someone asks. */
export type Why = (question: WhyQuestion, signal?: AbortSignal) => Promise<WhyAnswer>;

/** At most `timeMs` for each answer. */
export function whyOf(parts: {
  readonly timeline: Timeline;
  readonly sockets?: SocketView | undefined;
  readonly timeMs: number;
  /** Epoch ms. */
  readonly now?: () => number;
}): Why {
  const clock = { now: parts.now ?? Date.now, elapsed: () => performance.now() };
  return async (question, signal) => {
    const { why } = await import('./why/why.ts');
    return why(question, whyWorld({ ...parts, clock }, question), signal);
  };
}
