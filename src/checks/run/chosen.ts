/** Of the checks of some suites those that are to be run, as whoever runs them wants them. */
import { Mistake } from '../../std/mistake.ts';
import { didYouMean } from '../../std/nearest.ts';
import type { Check, Method, Suite } from '../suite/suite.ts';

export interface Choice {
  readonly tags?: readonly string[] | undefined;
  readonly notTags?: readonly string[] | undefined;
  /** Ids. */
  readonly only?: readonly string[] | undefined;
  /** Instead of the moments that the suites name. */
  readonly at?: string | undefined;
  readonly method?: Method | undefined;
}

/** Throws a Mistake for an id that no check has. */
export function chosenOf(suites: readonly Suite[], choice: Choice): readonly Check[] {
  const { tags, notTags, only } = choice;
  const all = suites.flatMap(({ checks }) => checks);
  const ids = new Set(all.map(({ id }) => id));
  const faults = (only ?? [])
    .filter((id) => !ids.has(id))
    .map((id) => {
      const hint = didYouMean(id, ids);
      return { code: 'check.unknown-id', message: `no check has the id "${id}"`, ...(hint !== undefined && { hint }) };
    });
  if (faults.length > 0) throw new Mistake(faults);
  const hasOne = (check: Check, some: readonly string[]) => some.some((tag) => check.tags.includes(tag));
  return all
    .filter((check) => only === undefined || only.length === 0 || only.includes(check.id))
    .filter((check) => tags === undefined || tags.length === 0 || hasOne(check, tags))
    .filter((check) => notTags === undefined || !hasOne(check, notTags))
    .map((check) => asWanted(check, choice));
}

/** It sends packets, or opens connections. */
export function isSending(check: Check): boolean {
  return (check.kind === 'reach' || check.kind === 'matrix') && check.method !== 'model' && check.skip === undefined;
}

function asWanted(check: Check, { at, method }: Choice): Check {
  const isTraffic = check.kind === 'reach' || check.kind === 'matrix';
  const its: Check = isTraffic && method !== undefined ? { ...check, method } : check;
  if (at === undefined) return its;
  if (isSending(its)) return { ...its, skip: its.skip ?? `it sends packets, and the past (${at}) takes none` };
  if (its.kind === 'metric' || its.kind === 'workflow')
    return { ...its, skip: its.skip ?? `it is about now, not about ${at}` };
  if (its.kind === 'changed') return its;
  // What was, was: to ask again or to look on changes nothing.
  return { ...its, when: { kind: 'at', at }, retry: { ...its.retry, forMs: 0 }, holdMs: 0 };
}
