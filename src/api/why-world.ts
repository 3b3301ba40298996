/** What `why` looks at, of what the API has. */
import type { SocketView } from '../ends/socket-view.ts';
import type { Timeline } from '../graph/view.ts';
import type { ProcessPlaces } from '../query/forwarding/ends.ts';
import type { WhyQuestion, WhyWorld } from '../why/question.ts';
import type { ApiClock } from './parts.ts';
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
    ...(isByProcess && sockets && { places: (time) => placesOf(sockets, time) }),
  };
}

/** Of processes that serve nothing their sockets tell where they are. Of the moment `time`; undefined is now. */
async function placesOf(sockets: SocketView, time: number | undefined): Promise<ProcessPlaces> {
  const found = await sockets.find(time === undefined ? {} : { time: { from: time, to: time } });
  return (wanted) => {
    const own = found.filter(({ process }) => {
      if (process === undefined) return false;
      if ('pid' in wanted) return process.pid === wanted.pid;
      return process.name === wanted.name || process.path?.split('/').at(-1) === wanted.name;
    });
    return new Set(own.map(({ node }) => node));
  };
}
