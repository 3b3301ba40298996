import type { GraphView, Span } from '../../graph/view.ts';
import { timeWindow } from '../arguments.ts';
import { pastView, windowBefore } from '../past.ts';
import { defineStep, type Run } from '../step.ts';
import { resolveMoment } from '../times.ts';

export const at = defineStep({
  name: 'At',
  aliases: ['Context'],
  dialect: ['skydive'],
  doc: 'Asks about another time: the state at a moment, or every version within a length of time before it.',
  args: timeWindow,
  example: { on: 'host:h1', query: "G.At('now').V()", gives: ['host:h1'] },
  gives: { start: 'start' },
  gather:
    ({ at, lengthMs }) =>
    (_input, run) => {
      if (lengthMs === undefined && at.kind === 'now') return setView(run, undefined, run.timeline.now());
      const to = resolveMoment(at, run.nowMs, run.timeline);
      if (lengthMs === undefined) {
        const time = { from: to, to };
        return setView(
          run,
          time,
          pastView(run, time, () => run.timeline.at(to, run.wanted)),
        );
      }
      const { time, view } = windowBefore(to, lengthMs, run);
      return setView(run, time, view);
    },
});

/** All that follows is of this time and view; waits only when an archive has to be asked. */
export function setView(run: Run, time: Span | undefined, view: GraphView | Promise<GraphView>): [] | Promise<[]> {
  const take = (known: GraphView): [] => {
    run.time = time ?? known.time;
    run.view = known;
    run.root = known;
    return [];
  };
  return view instanceof Promise ? view.then(take) : take(view);
}
