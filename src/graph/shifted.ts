/** Another moment taken for now: what is asked of now then sees that one, and the past stays what it is. */
import type { GraphView, Timeline } from './view.ts';

/** The timeline as it looks when `view` is now; the same one where `view` is of now already. */
export function shifted(timeline: Timeline, view: GraphView): Timeline {
  if (view.time === undefined) return timeline;
  return {
    now: () => view,
    at: (time, wanted) => timeline.at(time, wanted),
    between: (span) => timeline.between(span),
    ...(timeline.recalled && { recalled: (span) => timeline.recalled?.(span) as GraphView }),
    history: (ids, span) => timeline.history(ids, span),
    diff: (span) => timeline.diff(span),
    samples: (ids, series, span) => timeline.samples(ids, series, span),
    timeOf: (revision) => timeline.timeOf(revision),
    range: () => timeline.range(),
    unwatched: (span) => timeline.unwatched?.(span) ?? [],
  };
}
