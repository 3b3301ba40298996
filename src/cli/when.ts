/** Moments as people type them, and what a query is told: a Gremlin literal for `At`, `Between` and `Diff`. */
import { parseDuration } from '../std/duration.ts';
import { mistake } from '../std/mistake.ts';

/**
 * `-5m`, `1h30m`, `2d` (ago, all three), `now`, `rev:1234`, RFC 3339, `2026-11-21`, `2026-11-21 10:30`, `10:30`
 * (today, local time), RFC 1123, Unix seconds or milliseconds. Answers the literal; throws a Mistake.
 */
export function whenLiteral(text: string, now: number): string {
  const trimmed = text.trim();
  if (/^now$/i.test(trimmed)) return 'NOW';
  if (/^rev:\d+$/i.test(trimmed)) return `'${trimmed.toLowerCase()}'`;
  if (/^\d{9,}$/.test(trimmed)) return trimmed;
  const length = trimmed.replace(/^[-+]/, '');
  if (parseDuration(length) !== undefined) return `'${trimmed.startsWith('+') ? '' : '-'}${length}'`;
  const time = absolute(trimmed, now);
  if (time !== undefined) return String(time);
  throw mistake('cli.time', `"${text}" is no time`, 'like -5m, 1h30m, 2026-11-21T10:30:00Z, 10:30, rev:1234 or now');
}

function absolute(text: string, now: number): number | undefined {
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (clock) {
    if (Number(clock[1]) > 23 || Number(clock[2]) > 59 || Number(clock[3] ?? 0) > 59) return undefined;
    const today = new Date(now);
    today.setHours(Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0), 0);
    return today.getTime();
  }
  // A date alone is midnight here, not in Greenwich as the language has it.
  const local = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text.replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, '$1T');
  if (!/^\d{4}-\d{2}-\d{2}T|GMT$|UTC$/.test(local)) return undefined;
  const time = Date.parse(local);
  return Number.isNaN(time) ? undefined : time;
}
