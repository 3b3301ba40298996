/** `--at`, `--since`, `--until`: which time a command asks about, and the start of the query that says so. */
import { type Command, Option } from 'commander';
import { usageFailure } from './failure.ts';
import { whenLiteral } from './when.ts';

export interface TimeOptions {
  readonly at?: string;
  readonly since?: string;
  readonly until?: string;
}

export function addTimeOptions(command: Command, words: TimeWords = ofElements): Command {
  return command
    .addOption(new Option('--at <time>', `${words.at}: -5m, 10:30, 2026-11-21T10:30:00Z, rev:1234`).helpGroup(group))
    .addOption(new Option('--since <time>', words.since).helpGroup(group))
    .addOption(new Option('--until <time>', 'until then (default: now)').helpGroup(group));
}

interface TimeWords {
  readonly at: string;
  readonly since: string;
}

const ofElements: TimeWords = { at: 'as it was then', since: 'every version from then on' };
export const ofFlows: TimeWords = {
  at: 'flows of then, with all that they counted to their end',
  since: 'flows from then on',
};

const group = 'Time:';

/** `G`, `G.At('-5m')` or `G.Between('-1h', NOW)`. */
export function graphAt({ at, since, until }: TimeOptions, now: number): string {
  if (at !== undefined && (since !== undefined || until !== undefined)) {
    throw usageFailure('--at is one moment, --since and --until are a span', 'give one or the other');
  }
  if (at !== undefined) return `G.At(${whenLiteral(at, now)})`;
  if (since === undefined && until === undefined) return 'G';
  if (since === undefined) throw usageFailure('--until needs a --since', 'for one moment take --at');
  return `G.Between(${whenLiteral(since, now)}, ${whenLiteral(until ?? 'now', now)})`;
}

/** The user's own query, moved to that time. */
export function queryAt(query: string, options: TimeOptions, now: number): string {
  const start = graphAt(options, now);
  if (start === 'G') return query;
  const [, head, rest] = /^\s*([Gg])\b(.*)$/s.exec(query) ?? [];
  if (head === undefined || rest === undefined) return query;
  if (/^\s*\.\s*(at|context|between|diff)\s*\(/i.test(rest)) {
    throw usageFailure('the query says its time itself, and so does --at or --since', 'leave one of them away');
  }
  if (head === 'G' || spelledAsSkydive.test(rest)) return start + rest;
  if (/^\s*\.\s*with\s*\(\s*['"](at|between)['"]/.test(rest)) {
    throw usageFailure('the query says its time itself, and so does --at or --since', 'leave one of them away');
  }
  return sourceAt(options, now) + rest;
}

/** Skydive's own scripts say `g.v()`; anything else that begins with a small g is standard Gremlin. */
const spelledAsSkydive = /^\s*\.\s*(?:[ve]\s*\(|(?:[VE]\s*\([^()]*\)\s*\.\s*)?(?![VE]\b)[A-Z]\w*\s*\()/;

/** `g.with('at', '-5m')` or `g.with('between', ['-1h', 'now'])`. */
function sourceAt({ at, since, until }: TimeOptions, now: number): string {
  const literal = (text: string) => whenLiteral(text, now).replace('NOW', "'now'");
  if (at !== undefined) return `g.with('at', ${literal(at)})`;
  return `g.with('between', [${literal(since ?? '')}, ${literal(until ?? 'now')}])`;
}
