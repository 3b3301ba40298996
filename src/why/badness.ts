/** How much worse a way is than it was when all was well, as one number, so that moments can be compared. */
import type { Judgement, Way } from './judge.ts';

/** 0: as good as it was. */
export function badness(now: Judgement, then: Judgement): number {
  const there = of(now.there, then.there);
  // A way back that nobody could follow then says nothing now either.
  const isBackKnown = then.back?.reaches === 'yes' && now.back !== undefined;
  const back = isBackKnown ? of(now.back as Way, then.back as Way) * BACK : 0;
  // One link of two ways that carries less is not two: else it were worse than half of a path that is gone.
  const isNarrower = isLess(now.there, then.there) || (isBackKnown && isLess(now.back as Way, then.back as Way));
  return there + back + (isNarrower ? NARROWER : 0);
}

function isLess(now: Way, then: Way): boolean {
  // What stops, or is no longer known to get there, is worse than that.
  const isAsBefore = now.reaches !== 'no' && (now.reaches === 'yes' || then.reaches === 'unknown');
  return isAsBefore && now.mtu !== undefined && then.mtu !== undefined && now.mtu < then.mtu;
}

/** The way back counts a little less than the way there: of two that break the first is told. */
const BACK = 0.8;
const STOPS = 100;
/** From here on nobody can say that anything passes. */
export const UNKNOWN = 60;
const NARROWER = 30;
const NOBODY_LISTENS = 60;
const WARNED = 3;
const ASTRAY = 2;

function of(now: Way, then: Way): number {
  // What did not get there before has nothing to lose but that.
  if (then.reaches === 'no') return 0;
  if (now.reaches === 'no') return STOPS;
  if (now.reaches === 'unknown') return then.reaches === 'unknown' ? softly(now, then) : UNKNOWN;
  return softly(now, then);
}

/** It gets there all the same, but not as it did. */
function softly(now: Way, then: Way): number {
  const known = new Set(then.warnings);
  const news = now.warnings.filter((warning) => !known.has(warning) && !warning.startsWith('mtu '));
  const isUnheard = news.some((warning) => warning.startsWith('nobody-listens '));
  const warned = isUnheard ? NOBODY_LISTENS : news.length > 0 ? WARNED : 0;
  const astray = trackOf(now) === trackOf(then) ? 0 : ASTRAY;
  return warned + astray;
}

function trackOf({ hops }: Way): string {
  return hops.map(({ node }) => node.id).join(' ');
}

/** What became worse from one moment to the next, for people. */
export function worsening(before: Judgement, after: Judgement): string {
  const ways = [
    ['the path', before.there, after.there],
    ['the way back', before.back, after.back],
  ] as const;
  for (const [name, was, is] of ways) {
    if (was === undefined || is === undefined) continue;
    if (was.reaches === 'yes' && is.reaches === 'no')
      return `${name} breaks at this change (${is.code ?? 'stops'}): ${is.reason ?? 'it goes no further'}`;
    if (was.reaches === 'yes' && is.reaches === 'unknown')
      return `${name} is no longer known to lead there (${is.code ?? 'unknown'}): ${is.reason ?? 'it cannot be followed'}`;
    if (was.reaches !== is.reaches) return `${name} gets worse at this change: ${is.reason ?? is.reaches}`;
  }
  for (const [name, was, is] of ways) {
    if (was === undefined || is === undefined) continue;
    if (was.mtu !== undefined && is.mtu !== undefined && is.mtu < was.mtu)
      return `packets of more than ${is.mtu} bytes no longer pass ${name === 'the path' ? 'the path' : 'on the way back'} (${was.mtu} before)`;
    const known = new Set(was.warnings);
    const news = is.warnings.find((warning) => !known.has(warning));
    if (news !== undefined) return `${name} is warned of since this change: ${news.split(' ').slice(2).join(' ')}`;
    if (trackOf(was) !== trackOf(is)) return `${name} leads another way since this change`;
  }
  return 'the path changes here';
}
