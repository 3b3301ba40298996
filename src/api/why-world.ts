/** What `why` looks at, of what the API has. */
import type { SocketView } from '../ends/socket-view.ts';
import type { Timeline } from '../graph/view.ts';
import type { WhyQuestion, WhyWorld } from '../why/question.ts';
import type { ApiClock } from './parts.ts';
import { placesIn } from './process-places.ts';
import { turn } from './write.ts';

export interface WhyWorldParts {
  readonly timeline: Timeline;
  readonly clock: ApiClock;
  /** At most so long, ms. */
  readonly timeMs: number;
  /** Absent: nobody looks at sockets. */
  readonly sockets?: SocketView | undefined;
}

export function whyWorld(
  { timeline, clock, timeMs, sockets }: WhyWorldParts,
  { from, to }: Pick<WhyQuestion, 'from' | 'to'>,
): WhyWorld {
  const isByProcess = [from, to].some((text) => /^(pid|process):/.test(text));
  return {
    timeline,
    timeMs,
    turn,
    now: () => clock.now(),
    elapsed: () => clock.elapsed(),
    ...(isByProcess && sockets && { places: (time) => placesIn(sockets, time) }),
  };
}
