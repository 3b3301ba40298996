/** From each node that an endpoint stands for to each of the other's, at each moment that is asked about. */
import { mistake } from '../../std/mistake.ts';
import type { Check, PathCheck, ReachCheck } from '../suite/suite.ts';
import { type Attempt, together } from './attempt.ts';
import { type End, endsOf, startOf } from './ends.ts';
import type { Instance } from './instances.ts';
import type { Moment } from './moment.ts';
import type { Run } from './run.ts';

export interface Pair {
  readonly from: End;
  readonly to: End;
}

/** Pairs of one check, and pairs of it that are tried at the same time. */
const PAIRS_MAX = 1_000;
const AT_ONCE_MAX = 16;
/** Moments of a span that are looked at. */
const MOMENTS_MAX = 64;

export async function eachPair(
  check: Check & (ReachCheck | PathCheck),
  { from, to }: Instance,
  run: Run,
  signal: AbortSignal,
  attempt: (pair: Pair, moment: Moment) => Promise<Attempt>,
): Promise<Attempt> {
  const span = run.moments.spanOf(check.when);
  const times = span === undefined ? [undefined] : await timesIn(span, run);
  const tried: [string, Attempt][] = [];
  for (const time of times) {
    const moment = await run.moments.at(time);
    const froms = from ? [from] : await endsOf(check.from, moment, startOf(check), signal);
    const tos = to ? [to] : await endsOf(check.to, moment, 'to', signal);
    const pairs = froms.flatMap((one) => tos.map((other) => ({ from: one, to: other })));
    const several = pairs.length > 1 ? pairs.filter((pair) => pair.from.text !== pair.to.text) : pairs;
    if (several.length > PAIRS_MAX)
      throw mistake('check.many', `${several.length} pairs of ends, of ${PAIRS_MAX} at most`, 'narrow the endpoints');
    for (let at = 0; at < several.length; at += AT_ONCE_MAX) {
      if (at > 0) run.stretch(check.timeoutMs);
      const some = several.slice(at, at + AT_ONCE_MAX);
      tried.push(
        ...(await Promise.all(
          some.map(async (pair): Promise<[string, Attempt]> => {
            const when = times.length > 1 && time !== undefined ? ` at ${new Date(time).toISOString()}` : '';
            return [`${pair.from.name} → ${pair.to.name}${when}`, await attempt(pair, moment)];
          }),
        )),
      );
    }
  }
  const [only, another] = tried;
  if (only !== undefined && another === undefined) return only[1];
  const whole = together(tried);
  if (whole === undefined) throw mistake('check.endpoint', 'no pair of ends is left to be tried');
  return whole;
}

/** Its ends, and when something in it changed: in between all was as before. */
async function timesIn(
  { from, to }: { readonly from: number; readonly to: number },
  { world }: Run,
): Promise<number[]> {
  if (from === to) return [from];
  const range = world.timeline.range();
  const start = Math.max(from, Math.ceil(range.from));
  const view = await world.timeline.between({ from: start, to });
  const times = new Set([start]);
  const add = (time: number | undefined) => {
    if (time !== undefined && time > start && time < to) times.add(time);
  };
  for (const node of view.nodes()) {
    add(node.updatedAt);
    add(node.validTo);
  }
  for (const edge of view.edges()) {
    add(edge.updatedAt);
    add(edge.validTo);
  }
  times.add(Math.min(to, world.clock.now() - 1));
  if (times.size > MOMENTS_MAX)
    throw mistake(
      'check.span',
      `the graph changed ${times.size} times in this span, of ${MOMENTS_MAX} that are looked at`,
      'ask about a shorter span, or at a moment',
    );
  return [...times].sort((a, b) => a - b);
}
