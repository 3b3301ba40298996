/**
 * Moments and durations as people write them: `'-5m'`, `'now'`, NOW, RFC 3339, RFC 1123, Unix seconds or ms,
 * `'rev:1234'`. They are kept as written and become epoch ms at each run, so `At('-1m')` moves along.
 */

import type { Span, Timeline } from '../graph/view.ts';
import { parseDuration } from '../std/duration.ts';
import { mistake } from '../std/mistake.ts';

export type Moment =
  | { readonly kind: 'now' }
  /** Relative to the moment of the run; negative is the past. */
  | { readonly kind: 'offset'; readonly ms: number }
  | { readonly kind: 'absolute'; readonly ms: number }
  | { readonly kind: 'revision'; readonly revision: number };

export const momentHint = "such as '-5m', '-1h30m', 'now', '2026-01-31T12:00:00Z', 'rev:1234', or Unix seconds or ms";

export function parseMoment(text: string): Moment | undefined {
  const trimmed = text.trim();
  if (/^now$/i.test(trimmed)) return { kind: 'now' };
  const offset = parseOffset(trimmed);
  if (offset !== undefined) return offset === 0 ? { kind: 'now' } : { kind: 'offset', ms: offset };
  const revision = /^rev:(\d{1,15})$/i.exec(trimmed)?.[1];
  if (revision !== undefined) return { kind: 'revision', revision: Number(revision) };
  if (/^\d{1,15}(\.\d+)?$/.test(trimmed)) return momentOfNumber(Number(trimmed));
  if (!rfc3339.test(trimmed) && !rfc1123.test(trimmed)) return undefined;
  const ms = Date.parse(trimmed.replace(/^(\d{4}-\d\d-\d\d) /, '$1T'));
  return Number.isFinite(ms) ? { kind: 'absolute', ms } : undefined;
}

/** Unix seconds up to 2038, beyond that ms: as Skydive reads them. */
export function momentOfNumber(value: number): Moment | undefined {
  if (value < 0) return undefined;
  return { kind: 'absolute', ms: value <= 2_147_483_647 ? Math.round(value * 1000) : Math.round(value) };
}

/** A duration with or without a sign, in ms; `0` needs no unit. */
export function parseOffset(text: string): number | undefined {
  const [, sign, body] = /^([-+]?)(.+)$/.exec(text) ?? [];
  if (body === undefined) return undefined;
  const ms = body === '0' ? 0 : parseDuration(body);
  return sign === '-' && ms ? -ms : ms;
}

/** Epoch ms of a moment, for a run at `nowMs`. */
export function resolveMoment(moment: Moment, nowMs: number, timeline: Timeline): number {
  switch (moment.kind) {
    case 'now':
      return nowMs;
    case 'offset':
      return nowMs + moment.ms;
    case 'absolute':
      return moment.ms;
    case 'revision': {
      const time = timeline.timeOf(moment.revision);
      if (time !== undefined) return time;
      const { from, to } = timeline.range();
      throw mistake(
        'query.revision-not-kept',
        `revision ${moment.revision} is not kept`,
        `what is kept goes from ${timeText(from)} to ${timeText(to)}`,
      );
    }
  }
}

/** From one moment to a later one. */
export function spanOf(
  moments: { readonly from: Moment; readonly to: Moment },
  { nowMs, timeline }: { readonly nowMs: number; readonly timeline: Timeline },
): Span {
  const from = resolveMoment(moments.from, nowMs, timeline);
  const to = resolveMoment(moments.to, nowMs, timeline);
  if (from <= to) return { from, to };
  throw mistake('query.time', `${timeText(from)} is after ${timeText(to)}`, 'the earlier time comes first');
}

export function timeText(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : 'the beginning';
}

const rfc3339 = /^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[-+]\d\d:\d\d))?$/;
const rfc1123 = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d ([A-Z]{1,4}|[-+]\d{4})$/;
