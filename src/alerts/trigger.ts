/** When a condition is looked at: at every change of the graph, or again and again. */
import { parseDuration } from '../std/duration.ts';
import { mistake } from '../std/mistake.ts';

export type Trigger = { readonly kind: 'graph' } | { readonly kind: 'interval'; readonly everyMs: number };

/** More often would be all that we do. */
export const EVERY_MS_MIN = 100;
export const EVERY_MS_MAX = 7 * 86_400_000;

/** `graph`, `duration:10s`; Skydive's clients also write `duration:+1s`. Throws a Mistake. */
export function triggerOf(text: string): Trigger {
  const said = text.trim();
  if (said === '' || said === 'graph') return { kind: 'graph' };
  const length = /^duration:\+?(.*)$/.exec(said)?.[1];
  const everyMs = length === undefined ? undefined : parseDuration(length);
  if (everyMs === undefined)
    throw mistake('alert.trigger', `Trigger: "${said.slice(0, 64)}" is none`, 'graph, or duration:10s');
  if (everyMs < EVERY_MS_MIN || everyMs > EVERY_MS_MAX)
    throw mistake('alert.trigger', `Trigger: ${length} is not between 100ms and 7d`, 'duration:10s');
  return { kind: 'interval', everyMs };
}
