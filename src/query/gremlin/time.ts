/** `g.with('at', '-5m')` and `g.with('between', ['-10m', '-5m'])`: the view of another time. */
import type { GraphView, Span } from '../../graph/view.ts';
import { mistake } from '../../std/mistake.ts';
import { type Moment, momentHint, momentOfNumber, parseMoment, resolveMoment } from '../times.ts';
import type { Argument } from './bytecode.ts';
import type { Run } from './run.ts';
import { isList } from './value/identity.ts';
import { isNumber, toNumber } from './value/num.ts';
import { DateTime } from './value/value.ts';

export interface Seen {
  readonly view: GraphView;
  readonly time: Span | undefined;
}

type World = Pick<Run, 'timeline' | 'nowMs'>;

/** Undefined: now. Throws a Mistake for a time that is none, or is not kept. */
export function timeOf(settings: ReadonlyMap<string, Argument>, run: World): Seen | Promise<Seen> | undefined {
  const at = settings.get('at');
  const between = settings.get('between');
  if (at !== undefined && between !== undefined)
    throw mistake('gremlin.time', 'a traversal has one time: at or between', "g.with('at', '-5m')");
  if (at !== undefined) {
    const moment = momentOf(at, 'at');
    if (moment.kind === 'now') return undefined;
    const time = resolveMoment(moment, run.nowMs, run.timeline);
    return seen(run.timeline.at(time), { from: time, to: time });
  }
  if (between === undefined) return undefined;
  const ends = isList(between) ? between : [between];
  if (ends.length < 1 || ends.length > 2)
    throw mistake('gremlin.time', 'between takes two moments', "g.with('between', ['-10m', '-5m'])");
  const [from, to] = [ends[0], ends[1] ?? 'now'].map((end) =>
    resolveMoment(momentOf(end as Argument, 'between'), run.nowMs, run.timeline),
  ) as [number, number];
  if (from > to) throw mistake('gremlin.time', 'between: the first moment lies behind the second');
  return seen(run.timeline.between({ from, to }), { from, to });
}

function seen(view: GraphView | Promise<GraphView>, time: Span): Seen | Promise<Seen> {
  return view instanceof Promise ? view.then((known) => ({ view: known, time })) : { view, time };
}

function momentOf(value: Argument, name: string): Moment {
  const moment =
    typeof value === 'string'
      ? parseMoment(value)
      : value instanceof DateTime
        ? { kind: 'absolute' as const, ms: value.seconds * 1000 + Math.floor(value.nanos / 1e6) }
        : isNumber(value)
          ? momentOfNumber(toNumber(value))
          : undefined;
  if (moment !== undefined) return moment;
  throw mistake('gremlin.time', `${name}: this is no moment`, momentHint);
}
