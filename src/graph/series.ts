/** Counters beside the graph: the newest totals, and the last increments of each element. They make no versions. */
import type { SampleEvent } from './change.ts';
import type { Counters, Sample, Span } from './view.ts';

/** Samples kept in memory for one series of one element; older ones are in the archive. */
export const SAMPLES_KEPT = 64;

interface Series {
  total: Readonly<Record<string, number>>;
  at: number;
  /** A ring: the newest is at `next - 1`. */
  samples: { readonly sample: Sample; readonly total: Readonly<Record<string, number>> }[];
}

export class SeriesStore {
  readonly #byId = new Map<string, Map<string, Series>>();

  /** Takes new totals; gives the increments since the last ones, or nothing when nothing was counted. */
  read(id: string, name: string, total: Readonly<Record<string, number>>, time: number): SampleEvent | undefined {
    let byName = this.#byId.get(id);
    if (!byName) {
      byName = new Map();
      this.#byId.set(id, byName);
    }
    const series = byName.get(name);
    if (!series) {
      byName.set(name, { total, at: time, samples: [] });
      return undefined;
    }
    const counters = increments(series.total, total);
    const start = series.at;
    series.total = total;
    series.at = time;
    if (!counters) return undefined;
    const sample: Sample = { start, last: time, counters };
    series.samples.push({ sample, total });
    if (series.samples.length > SAMPLES_KEPT) series.samples.shift();
    return { id, series: name, ...sample, total };
  }

  /** As known at `time`. */
  counters(id: string, name: string, time = Number.POSITIVE_INFINITY): Counters | undefined {
    const series = this.#byId.get(id)?.get(name);
    if (!series) return undefined;
    if (time >= series.at) return { total: series.total, last: series.samples.at(-1)?.sample };
    const known = series.samples.findLast(({ sample }) => sample.last <= time);
    return known && { total: known.total, last: known.sample };
  }

  /** Samples that lie in the span, oldest first; without one the newest. */
  samples(id: string, name: string, span: Span | undefined): Sample[] {
    const samples = this.#byId.get(id)?.get(name)?.samples ?? [];
    if (!span) return samples.slice(-1).map(({ sample }) => sample);
    return samples.map(({ sample }) => sample).filter(({ start, last }) => last > span.from && start < span.to);
  }

  /** When the oldest sample kept of this series starts; undefined when there is none. */
  oldest(id: string, name: string): number | undefined {
    return this.#byId.get(id)?.get(name)?.samples[0]?.sample.start;
  }

  forget(id: string): void {
    this.#byId.delete(id);
  }
}

function increments(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Record<string, number> | undefined {
  let found: Record<string, number> | undefined;
  for (const key in after) {
    const now = after[key] as number;
    const was = before[key] ?? 0;
    // A counter that went back began anew: all it shows is new.
    const more = now >= was ? now - was : now;
    if (more === 0) continue;
    found ??= {};
    found[key] = more;
  }
  return found;
}
