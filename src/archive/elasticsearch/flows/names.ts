/**
 * Where documents of flows lie. Which index a document lies in follows from the document alone, so that one that comes
 * again, after whatever time, meets itself: no index is rolled over at some size, in which a flow could begin again.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Points as they came and their sums, from the finest. */
export const levels = [
  { name: 'raw', slotMs: 0, periodMs: 6 * HOUR_MS },
  { name: '1m', slotMs: 60_000, periodMs: 6 * HOUR_MS },
  { name: '5m', slotMs: 300_000, periodMs: DAY_MS },
  { name: '1h', slotMs: HOUR_MS, periodMs: 7 * DAY_MS },
] as const;

/** Times that clocks without a battery tell lie in one index, as do those of clocks that are far ahead. */
const FIRST_MS = Date.UTC(2020, 0, 1);
const END_MS = Date.UTC(2090, 0, 1);

export class FlowNames {
  readonly flows: string;
  readonly points: string;
  readonly packets: string;
  readonly losses: string;
  readonly state: string;

  /** What all of our indices begin with. */
  constructor(prefix: string) {
    this.flows = `${prefix}-flows`;
    this.points = `${prefix}-points`;
    this.packets = `${prefix}-packets`;
    this.losses = `${prefix}-losses`;
    this.state = `${prefix}-flowstate`;
  }

  /** A day in which flows began. */
  flowsOf(startMs: number): string {
    return `${this.flows}-${periodName(startMs, DAY_MS)}`;
  }

  /** Of a start that may still move to before the day it lies in, or has done so: the day after; undefined: it cannot. */
  flowsAfter(startMs: number): string | undefined {
    const next = this.flowsOf(startMs + MOVES_MS);
    return next === this.flowsOf(startMs) ? undefined : next;
  }

  pointsOf(startMs: number): string {
    return `${this.points}-raw-${periodName(startMs, levels[0].periodMs)}`;
  }

  packetsOf(timeMs: number): string {
    return `${this.packets}-${periodName(timeMs, DAY_MS)}`;
  }
}

/** A start moves back by what another processor, or the kernel's table, still had to tell. */
const MOVES_MS = 10 * 60_000;

/** `2026.04.01` or, of a part of a day, `2026.04.01-06`: when it began. */
export function periodName(timeMs: number, periodMs: number): string {
  const begin = Math.floor(Math.max(FIRST_MS, Math.min(END_MS, timeMs)) / periodMs) * periodMs;
  const [day = '', hour = ''] = new Date(begin).toISOString().split('T');
  const date = day.replaceAll('-', '.');
  return periodMs < DAY_MS ? `${date}-${hour.slice(0, 2)}` : date;
}

/** When a period began, of an index's name; undefined: it is not of ours. */
export function beginOf(index: string): number | undefined {
  const [, year, month, day, hour = '00'] = /-(\d{4})\.(\d\d)\.(\d\d)(?:-(\d\d))?(?:-[0-9a-z]+)?$/.exec(index) ?? [];
  return year === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${hour}:00:00Z`);
}

export { DAY_MS };
