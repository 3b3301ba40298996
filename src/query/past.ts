/** Looking at another time: the view of it, and what has to be said of what it does not show. */
import type { GraphView, Span } from '../graph/view.ts';
import { Mistake } from '../std/mistake.ts';
import type { World } from './step.ts';
import { timeText } from './times.ts';
import { unkeptView } from './unkept.ts';
import { warnOfGaps } from './unwatched.ts';

type Told = Pick<World, 'timeline' | 'flows' | 'warn'>;

/**
 * The view that `read` gives. Where nobody was watching, that is said; where the graph is not kept but flows may be, only
 * who looks at the graph is told. Waits only when an archive has to be asked.
 */
export function pastView(
  world: Told,
  time: Span | undefined,
  read: () => GraphView | Promise<GraphView>,
): GraphView | Promise<GraphView> {
  const take = (view: GraphView): GraphView => {
    if (view.time) warnOfGaps(world, view.time);
    return view;
  };
  const unkept = (why: unknown): GraphView => {
    if (world.flows === undefined || time === undefined || !isUnkept(why)) throw why;
    return take(unkeptView(time, why));
  };
  try {
    const view = read();
    return view instanceof Promise ? view.then(take, unkept) : take(view);
  } catch (error) {
    return unkept(error);
  }
}

/** Each version within a length of time (ms; Infinity: all there is) before a moment. */
export function windowBefore(
  to: number,
  lengthMs: number,
  world: Told,
): { readonly time: Span; readonly view: GraphView | Promise<GraphView> } {
  const time = { from: lengthMs === Number.POSITIVE_INFINITY ? 0 : to - lengthMs, to };
  const read = () => world.timeline.between({ from: begin({ lengthMs, to }, world), to });
  return { time, view: pastView(world, time, read) };
}

/** Each version from a moment up to, not including, another. */
export function viewBetween(
  { from, to }: Span,
  world: Told,
): { readonly time: Span; readonly view: GraphView | Promise<GraphView> } {
  // Times are whole ms: the last one before the end.
  const time = { from, to: Math.max(from, to - 1) };
  return { time, view: pastView(world, time, () => world.timeline.between(time)) };
}

function isUnkept(error: unknown): error is Mistake {
  return error instanceof Mistake && error.faults[0]?.code === 'query.time-not-kept';
}

/** A window may reach back further than what is kept; that it was cut is said. One that ends before has nothing to cut. */
function begin({ lengthMs, to }: { readonly lengthMs: number; readonly to: number }, world: Told): number {
  const kept = world.timeline.range().from;
  // Forever is from the epoch on.
  const from = lengthMs === Number.POSITIVE_INFINITY ? Math.min(0, kept) : to - lengthMs;
  if (from >= kept || to < kept) return from;
  if (lengthMs !== Number.POSITIVE_INFINITY)
    world.warn({
      code: 'query.window-cut',
      message: `what is kept of the graph begins at ${timeText(kept)}; what is told of it does too`,
    });
  return kept;
}
