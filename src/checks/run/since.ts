/** What has changed since checks were ok the last time: looked up once for all failures of a run that ask the same. */
import type { Difference } from '../../graph/view.ts';
import type { ChangeSeen } from '../result.ts';
import type { Check } from '../suite/suite.ts';
import { endOfFirstLook } from './first-look.ts';
import type { Moment } from './moment.ts';
import type { Run } from './run.ts';

/** Moments of green runs that are told apart in one run; where there are more, the nearest to each other are one. */
const GREEN_MOMENTS_MAX = 6;
/** A span that is longer by so small a part of it is the same. */
const SLACK = 0.01;

/** Of all checks of one run. */
export class Since {
  readonly #lastGreen: (id: string) => number | undefined;
  /** Ascending. */
  readonly #moments: readonly number[];
  readonly #spans = new Map<number, number>();

  constructor(checks: readonly Pick<Check, 'id'>[], lastGreen: (id: string) => number | undefined) {
    this.#lastGreen = lastGreen;
    this.#moments = firstOfGroups(new Set(checks.flatMap(({ id }) => lastGreen(id) ?? [])));
  }

  /** `from`: epoch ms, not after `lastGreenAt`, where that is known. */
  of({ id, evidence: { sinceMs } }: Check, to: number): { readonly from: number; readonly lastGreenAt?: number } {
    const lastGreenAt = this.#lastGreen(id);
    if (lastGreenAt !== undefined && lastGreenAt < to)
      return { from: this.#moments.findLast((one) => one <= lastGreenAt) ?? lastGreenAt, lastGreenAt };
    const wanted = to - sinceMs;
    const before = this.#spans.get(sinceMs);
    if (before !== undefined && before <= wanted && wanted - before <= sinceMs * SLACK) return { from: before };
    this.#spans.set(sinceMs, wanted);
    return { from: wanted };
  }
}

/** Apart at the widest gaps. */
function firstOfGroups(times: ReadonlySet<number>): number[] {
  const sorted = [...times].sort((a, b) => a - b);
  const gaps = sorted.map((time, at) => ({ time, gap: time - (sorted[at - 1] ?? Number.NEGATIVE_INFINITY) }));
  const widest = gaps.toSorted((a, b) => b.gap - a.gap).slice(0, GREEN_MOMENTS_MAX);
  return widest.map(({ time }) => time).sort((a, b) => a - b);
}

export interface Differences {
  /** Epoch ms; later than was asked for where that is before anything was known. */
  readonly from: number;
  readonly then: Moment;
  readonly to: number;
  readonly all: readonly Difference[];
  /** In words, as soon as somebody asked for them. */
  readonly told: Map<Difference, ChangeSeen | undefined>;
}

export function differencesSince(from: number, to: number, moment: Moment, run: Run, signal: AbortSignal) {
  return moment.shared(`since ${from}`, signal, async (): Promise<Differences> => {
    await run.breath.take();
    const { timeline } = run.world;
    const kept = Math.ceil(timeline.range().from);
    const start = from >= kept ? from : Math.min(to, endOfFirstLook(kept, await timeline.diff({ from: kept, to })));
    const then = await run.moments.at(start);
    const all = await timeline.diff({ from: start, to });
    return { from: start, then, to, all, told: new Map() };
  });
}
