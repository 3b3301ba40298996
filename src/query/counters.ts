/** Counters stand beside the graph, but queries read them as the keys they were in Skydive: `Metric.RxBytes`. */
import type { Metadata, Value } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { namedSeries, seriesWords } from '../model/series.ts';

interface CounterKey {
  readonly series: string;
  readonly of: 'total' | 'last';
}

const known = new Map<string, CounterKey>(
  seriesWords.flatMap(({ name, total, last }): (readonly [string, CounterKey])[] => [
    [total, { series: name, of: 'total' }],
    [last, { series: name, of: 'last' }],
  ]),
);

/** Dotted keys that are read from series. */
export const counterKeys: readonly string[] = [...known.keys()];

/** The series that `Metrics(key)` means; undefined when there is none of that name. */
export function seriesOf(key: string): string | undefined {
  return namedSeries.has(key) ? key : known.get(key)?.series;
}

/** What `Metrics(` may be given, for those who type it. */
export const seriesNames: readonly string[] = seriesWords.map(({ name, last }) => (name === 'Metric' ? last : name));

/** First parts of keys that are read from series. */
export const seriesKeys: readonly string[] = [...new Set(counterKeyParts())];

function* counterKeyParts(): Iterable<string> {
  for (const key of known.keys()) yield key.split('.', 1)[0] as string;
}

export function readCounters(id: string, path: readonly string[], view: GraphView): Value | undefined {
  const depth = known.has(path[0] as string) ? 1 : 2;
  const key = known.get(path.slice(0, depth).join('.'));
  if (key === undefined || path.length > depth + 1) return undefined;
  const counters = view.counters(id, key.series);
  if (counters === undefined) return undefined;
  const object = key.of === 'total' ? { ...counters.total, ...lastOf(counters.last) } : sampleObject(counters.last);
  const field = path[depth];
  if (object === undefined || field === undefined) return object;
  return Object.hasOwn(object, field) ? object[field] : undefined;
}

function lastOf(sample: { last: number } | undefined): { Last?: number } {
  return sample === undefined ? {} : { Last: sample.last };
}

/** A point of a series the way people know it: its counters with `Start` and `Last`. */
export function sampleObject(
  sample: { start: number; last: number; counters: Readonly<Record<string, number>> } | undefined,
): Metadata | undefined {
  return sample && { ...sample.counters, Start: sample.start, Last: sample.last };
}

/** Counters of a flow: told also when they are 0, as in Skydive. */
export const flowCounters: ReadonlySet<string> = new Set(['ABPackets', 'ABBytes', 'BAPackets', 'BABytes']);

/** A round-trip time is measured, not counted: two of them make no third. */
export function isAdditive(counter: string): boolean {
  return counter !== 'RTT';
}
