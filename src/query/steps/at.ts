import type { GraphView } from '../../graph/view.ts';
import { timeWindow } from '../arguments.ts';
import { defineStep, type Run } from '../step.ts';
import { resolveMoment, timeText } from '../times.ts';
import { warnOfGaps } from '../unwatched.ts';

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
      if (lengthMs === undefined && at.kind === 'now') return setView(run, run.timeline.now());
      const to = resolveMoment(at, run.nowMs, run.timeline);
      if (lengthMs === undefined) return setView(run, run.timeline.at(to));
      return setView(run, run.timeline.between({ from: begin({ lengthMs, to }, run), to }));
    },
});

/** All that follows is of this view; waits only when an archive has to be asked. */
export function setView(run: Run, view: GraphView | Promise<GraphView>): [] | Promise<[]> {
  if (view instanceof Promise) return view.then((ready) => setView(run, ready));
  run.view = view;
  run.root = view;
  if (view.time) warnOfGaps(run, view.time);
  return [];
}

/** A window may reach back further than what is kept; that it was cut is said. One that ends before has nothing to cut. */
function begin({ lengthMs, to }: { readonly lengthMs: number; readonly to: number }, run: Run): number {
  const kept = run.timeline.range().from;
  // Forever is from the epoch on.
  const from = lengthMs === Number.POSITIVE_INFINITY ? Math.min(0, kept) : to - lengthMs;
  if (from >= kept || to < kept) return from;
  if (lengthMs !== Number.POSITIVE_INFINITY)
    run.warn({ code: 'query.window-cut', message: `what is kept begins at ${timeText(kept)}; the answer does too` });
  return kept;
}
