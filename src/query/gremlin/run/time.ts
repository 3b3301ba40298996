/**
 * `g.with('at', '-5m')`, `g.with('at', ['-5m', '1h'])` and `g.with('between', ['-10m', '-5m'])`: the view of another time,
 * as `At` and `Between` give it in the other spelling.
 */
import type { GraphView, Span } from '../../../graph/view.ts';
import { mistake } from '../../../std/mistake.ts';
import { pastView, viewBetween, windowBefore } from '../../past.ts';
import {
  type Moment,
  momentHint,
  momentOfNumber,
  parseMoment,
  parseOffset,
  resolveMoment,
  spanOf,
} from '../../times.ts';
import type { Argument } from '../bytecode.ts';
import { isList } from '../value/identity.ts';
import { isNumber, toNumber } from '../value/num.ts';
import { DateTime } from '../value/value.ts';
import type { Run } from './run.ts';

export interface Seen {
  readonly view: GraphView;
  readonly time: Span | undefined;
}

type World = Pick<Run, 'timeline' | 'nowMs' | 'flows' | 'warn'>;

/** Undefined: now. Throws a Mistake for a time that is none, or is not kept. */
export function timeOf(settings: ReadonlyMap<string, Argument>, run: World): Seen | Promise<Seen> | undefined {
  const at = settings.get('at');
  const between = settings.get('between');
  if (at !== undefined && between !== undefined)
    throw mistake('gremlin.time', 'a traversal has one time: at or between', "g.with('at', '-5m')");
  if (at !== undefined) return timeAt(at, run);
  if (between === undefined) return undefined;
  const ends = isList(between) ? between : [between];
  if (ends.length < 1 || ends.length > 2)
    throw mistake('gremlin.time', 'between takes two moments', "g.with('between', ['-10m', '-5m'])");
  const [from, to = { kind: 'now' }] = ends.map((end) => momentOf(end, 'between')) as [Moment, Moment?];
  return seen(viewBetween(spanOf({ from, to }, run), run));
}

function timeAt(at: Argument, run: World): Seen | Promise<Seen> | undefined {
  const words = isList(at) ? at : [at];
  const [moment, length] = words;
  if (moment === undefined || words.length > 2)
    throw mistake('gremlin.time', 'at takes a moment, or a moment and a length of time', "g.with('at', ['-5m', '1h'])");
  const known = momentOf(moment, 'at');
  if (length === undefined && known.kind === 'now') return undefined;
  const to = resolveMoment(known, run.nowMs, run.timeline);
  if (length !== undefined) return seen(windowBefore(to, lengthOf(length), run));
  const time = { from: to, to };
  return seen({ time, view: pastView(run, time, () => run.timeline.at(to)) });
}

function seen({ time, view }: { time: Span; view: GraphView | Promise<GraphView> }): Seen | Promise<Seen> {
  return view instanceof Promise ? view.then((known) => ({ view: known, time })) : { view, time };
}

/** Throws a Mistake for what is no moment. */
export function momentOf(value: Argument, name: string): Moment {
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

/** In ms; a number is seconds. */
function lengthOf(value: Argument): number {
  const ms =
    typeof value === 'string'
      ? /^forever$/i.test(value)
        ? Number.POSITIVE_INFINITY
        : parseOffset(value)
      : isNumber(value)
        ? toNumber(value) * 1000
        : undefined;
  if (ms !== undefined && ms >= 0) return ms;
  throw mistake(
    'gremlin.time',
    'at: this is no length of time',
    "such as '1h', '1h30m', a number of seconds, or 'forever'",
  );
}
