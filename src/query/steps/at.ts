import type { GraphView, Span } from '../../graph/view.ts';
import { Mistake } from '../../std/mistake.ts';
import { timeWindow } from '../arguments.ts';
import { defineStep, type Run } from '../step.ts';
import { resolveMoment, timeText } from '../times.ts';
import { unkeptView } from '../unkept.ts';
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
      if (lengthMs === undefined && at.kind === 'now') return setView(run, undefined, () => run.timeline.now());
      const to = resolveMoment(at, run.nowMs, run.timeline);
      if (lengthMs === undefined) return setView(run, { from: to, to }, () => run.timeline.at(to));
      const asked = { from: lengthMs === Number.POSITIVE_INFINITY ? 0 : to - lengthMs, to };
      return setView(run, asked, () => run.timeline.between({ from: begin({ lengthMs, to }, run), to }));
    },
});

/** All that follows is of this time and view; waits only when an archive has to be asked. */
export function setView(
  run: Run,
  time: Span | undefined,
  read: () => GraphView | Promise<GraphView>,
): [] | Promise<[]> {
  const take = (view: GraphView): [] => {
    run.time = time ?? view.time;
    run.view = view;
    run.root = view;
    if (view.time) warnOfGaps(run, view.time);
    return [];
  };
  const unkept = (why: unknown): [] => {
    if (run.flows === undefined || time === undefined || !isUnkept(why)) throw why;
    return take(unkeptView(time, why));
  };
  try {
    const view = read();
    return view instanceof Promise ? view.then(take, unkept) : take(view);
  } catch (error) {
    return unkept(error);
  }
}

function isUnkept(error: unknown): error is Mistake {
  return error instanceof Mistake && error.faults[0]?.code === 'query.time-not-kept';
}

/** A window may reach back further than what is kept; that it was cut is said. One that ends before has nothing to cut. */
function begin({ lengthMs, to }: { readonly lengthMs: number; readonly to: number }, run: Run): number {
  const kept = run.timeline.range().from;
  // Forever is from the epoch on.
  const from = lengthMs === Number.POSITIVE_INFINITY ? Math.min(0, kept) : to - lengthMs;
  if (from >= kept || to < kept) return from;
  if (lengthMs !== Number.POSITIVE_INFINITY)
    run.warn({
      code: 'query.window-cut',
      message: `what is kept of the graph begins at ${timeText(kept)}; what is told of it does too`,
    });
  return kept;
}
