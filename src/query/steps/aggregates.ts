import type { Sample } from '../../graph/view.ts';
import { mistake } from '../../std/mistake.ts';
import { optionalSeconds } from '../arguments.ts';
import { flowCounters, isAdditive } from '../counters.ts';
import { defineStep, type Run, type Series } from '../step.ts';

export const aggregates = defineStep({
  name: 'Aggregates',
  dialect: ['skydive'],
  doc: 'All metrics together in slices of so many seconds (30); a sample that spans slices is shared out among them.',
  args: optionalSeconds,
  example: { on: 'device:eth0', query: 'G.V().Metrics().Aggregates(10)', gives: ['Aggregated []'] },
  gives: { metrics: 'metrics' },
  gather:
    ({ seconds }) =>
    (input: readonly Series[], run) =>
      aggregated(input, seconds * 1000, run),
});

const SLICES_MAX = 10_000;

function* aggregated(input: readonly Series[], lengthMs: number, run: Run): Generator<Series | undefined> {
  const { budget, view } = run;
  let [earliest, latest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { samples } of input)
    for (const { start, last } of samples) {
      if (budget.spend()) yield undefined;
      earliest = Math.min(earliest, start);
      latest = Math.max(latest, last);
    }
  if (latest < earliest) {
    yield { id: 'Aggregated', samples: [] };
    return;
  }
  const from = view.time?.from;
  // Slices are laid from the beginning of the span; those before the first sample are left out.
  const zero = from !== undefined && Number.isFinite(from) ? from : earliest;
  const begin = zero + Math.floor((earliest - zero) / lengthMs) * lengthMs;
  const count = Math.max(1, Math.ceil((latest - begin) / lengthMs));
  if (count > SLICES_MAX)
    throw mistake('query.limit', `Aggregates would make ${count} slices, more than ${SLICES_MAX}`, 'longer slices');
  const made: (Sample & Counting)[] = [];
  for (let at = 0; at < count; at++) {
    const start = begin + at * lengthMs;
    made.push({ start: Math.max(start, earliest), last: Math.min(start + lengthMs, latest), counters: {} });
  }
  for (const { samples } of input) for (const sample of samples) yield* share(sample, made, { begin, lengthMs }, run);
  yield { id: 'Aggregated', samples: made.filter(hasCounted) };
}

/** In proportion to the time spent in each slice; rounded so that the parts add up to the whole. */
function* share(
  sample: Sample,
  made: readonly Counting[],
  { begin, lengthMs }: { readonly begin: number; readonly lengthMs: number },
  { budget }: Run,
): Generator<undefined> {
  const { start, last, counters } = sample;
  const shared: Record<string, number> = {};
  for (let at = Math.floor((start - begin) / lengthMs); at < made.length; at++) {
    if (budget.spend()) yield undefined;
    const sliceEnd = begin + (at + 1) * lengthMs;
    const isRest = sliceEnd >= last || at === made.length - 1;
    const done = isRest ? 1 : (sliceEnd - start) / (last - start);
    const into = (made[at] as Counting).counters;
    for (const [name, count] of Object.entries(counters)) {
      if (!isAdditive(name)) continue;
      const until = Math.round(count * done);
      const part = until - (shared[name] ?? 0);
      if (part !== 0 || flowCounters.has(name)) into[name] = (into[name] ?? 0) + part;
      shared[name] = until;
    }
    if (isRest) return;
  }
}

function hasCounted({ counters }: Counting): boolean {
  return Object.values(counters).some((count) => count !== 0);
}

interface Counting {
  readonly counters: Record<string, number>;
}
