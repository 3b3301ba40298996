/** Counters beside the graph: the newest totals, and the last increments of each element. They make no versions. */

import { namedSeries } from '../model/series.ts';
import type { SampleEvent } from './change.ts';
import type { Counters, Sample, Span } from './view.ts';

/** Samples kept in memory for one series of one element; older ones are in the archive. */
export const SAMPLES_KEPT = 64;

interface Series {
  /** Undefined when the element has begun another life since. */
  total: Readonly<Record<string, number>> | undefined;
  at: number;
  /** End of the newest sample that found no room. */
  evicted: number | undefined;
  /** Oldest first, SAMPLES_KEPT of them at most. */
  samples: { readonly sample: Sample; readonly total: Readonly<Record<string, number>> }[];
}

export class SeriesStore {
  readonly #byId = new Map<string, Map<string, Series>>();
  /** Where lives of ids with samples began: counters are of one life. */
  readonly #births = new Map<string, number[]>();
  #evictedUntil = Number.NEGATIVE_INFINITY;
  #lastTime = Number.NEGATIVE_INFINITY;

  /** Time of the newest reading. */
  get lastTime(): number {
    return this.#lastTime;
  }

  /** All samples that end after this moment are here. */
  get evictedUntil(): number {
    return this.#evictedUntil;
  }

  /** As `evictedUntil`, of one series; undefined when none has gone. */
  evicted(id: string, name: string): number | undefined {
    return this.#byId.get(id)?.get(name)?.evicted;
  }

  /** The id begins a life: what was counted before is of another. */
  begin(id: string, time: number): void {
    const byName = this.#byId.get(id);
    if (!byName) return;
    for (const series of byName.values()) series.total = undefined;
    const births = this.#births.get(id);
    if (births) births.push(time);
    else this.#births.set(id, [time]);
  }

  /** Takes new totals; gives the increments since the last ones, or nothing when nothing was counted. */
  read(id: string, name: string, total: Readonly<Record<string, number>>, time: number): SampleEvent | undefined {
    this.#lastTime = Math.max(this.#lastTime, time);
    let byName = this.#byId.get(id);
    if (!byName) {
      byName = new Map();
      this.#byId.set(id, byName);
    }
    const series = byName.get(name);
    if (!series?.total) {
      if (series) Object.assign(series, { total, at: time });
      else byName.set(name, { total, at: time, evicted: undefined, samples: [] });
      return undefined;
    }
    const counters = namedSeries.get(name)?.isLevel ? moved(series.total, total) : increments(series.total, total);
    const start = series.at;
    series.total = total;
    series.at = time;
    if (!counters) return undefined;
    const sample: Sample = { start, last: time, counters };
    series.samples.push({ sample, total });
    this.#makeRoom(series);
    return { id, series: name, ...sample, total };
  }

  /** Takes a point of another graph; whether it is not known to be here already. A late one takes its place. */
  take(point: SampleEvent): boolean {
    const { id, series: name, start, last, counters, total = counters } = point;
    this.#lastTime = Math.max(this.#lastTime, last);
    let byName = this.#byId.get(id);
    if (!byName) {
      byName = new Map();
      this.#byId.set(id, byName);
    }
    const series = byName.get(name) ?? { total: undefined, at: start, evicted: undefined, samples: [] };
    byName.set(name, series);
    // It may be one of those that found no room: whoever archives it knows.
    if (series.evicted !== undefined && last <= series.evicted) return true;
    const index = series.samples.findLastIndex(({ sample }) => sample.last <= last);
    if (series.samples[index]?.sample.last === last) return false;
    series.samples.splice(index + 1, 0, { sample: { start, last, counters }, total });
    if (last >= series.at) Object.assign(series, { total, at: last });
    this.#makeRoom(series);
    return true;
  }

  #makeRoom(series: Series): void {
    if (series.samples.length <= SAMPLES_KEPT) return;
    series.evicted = series.samples.shift()?.sample.last as number;
    this.#evictedUntil = Math.max(this.#evictedUntil, series.evicted);
  }

  /** As known at `time`. */
  counters(id: string, name: string, time = Number.POSITIVE_INFINITY): Counters | undefined {
    const series = this.#byId.get(id)?.get(name);
    if (!series) return undefined;
    const born = this.#births.get(id)?.findLast((birth) => birth <= time) ?? Number.NEGATIVE_INFINITY;
    const known = series.samples.findLast(({ sample }) => sample.last <= time);
    const last = known && known.sample.last >= born ? known.sample : undefined;
    if (series.total && time >= series.at && series.at >= born) return { total: series.total, last };
    return last && { total: (known as { total: Readonly<Record<string, number>> }).total, last };
  }

  /** Samples that lie in the span, oldest first; without one the newest. */
  samples(id: string, name: string, span: Span | undefined): Sample[] {
    const samples = this.#byId.get(id)?.get(name)?.samples ?? [];
    if (!span) return samples.slice(-1).map(({ sample }) => sample);
    return samples.map(({ sample }) => sample).filter(({ start, last }) => last > span.from && start < span.to);
  }

  forget(id: string): void {
    this.#byId.delete(id);
    this.#births.delete(id);
  }
}

/** Levels are told as they are, when one of them is another. */
function moved(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> | undefined {
  for (const key in after) if (after[key] !== before[key]) return after;
  return undefined;
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
