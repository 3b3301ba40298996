/**
 * The change log: one row per event, in the order of writing, in segments of typed arrays. From it come diffs,
 * subscriptions that resume, retention, and the way from a time to a position. Positions start at 0 and are never reused.
 * Events of one host are written in the order of their times; those of many come late, and out of order.
 */
import type { Slot, Undo } from './slot.ts';

/** Two change nothing, and slots do not list them: an element of an earlier run has returned, one closed too early is reopened. */
export type EventKind = 'added' | 'updated' | 'removed' | 'returned' | 'reopened';

const SEGMENT = 4096;
const KINDS: readonly EventKind[] = ['added', 'updated', 'removed', 'returned', 'reopened'];

/** Events below `lower` are at or before `time`, those from `upper` on after it; between them either can be. */
export interface Moment {
  readonly time: number;
  readonly lower: number;
  readonly upper: number;
}

interface Segment {
  /** Of its times. */
  min: number;
  max: number;
  readonly times: Float64Array;
  readonly recorded: Float64Array;
  readonly kinds: Uint8Array;
  readonly slots: Slot[];
  readonly undos: Undo[];
}

export class ChangeLog {
  readonly #segments: Segment[] = [];
  #first = 0;
  #next = 0;
  #newest = Number.NEGATIVE_INFINITY;
  /** Position of the last event that was older than one before it. */
  #lastLate = -1;

  /** Position of the oldest event kept. */
  get first(): number {
    return this.#first;
  }

  /** Position that the next event will get. */
  get next(): number {
    return this.#next;
  }

  push(slot: Slot, kind: EventKind, time: number, recordedAt: number, undo: Undo): number {
    const offset = this.#next % SEGMENT;
    if (offset === 0) this.#segments.push(newSegment());
    const segment = this.#segments[this.#segments.length - 1] as Segment;
    segment.times[offset] = time;
    if (time < segment.min) segment.min = time;
    if (time > segment.max) segment.max = time;
    if (time >= this.#newest) this.#newest = time;
    else this.#lastLate = this.#next;
    segment.recorded[offset] = recordedAt;
    segment.kinds[offset] = KINDS.indexOf(kind);
    segment.slots[offset] = slot;
    segment.undos[offset] = undo;
    return this.#next++;
  }

  timeOf(position: number): number {
    return this.#segment(position).times[position % SEGMENT] as number;
  }

  recordedAt(position: number): number {
    return this.#segment(position).recorded[position % SEGMENT] as number;
  }

  kindOf(position: number): EventKind {
    return KINDS[this.#segment(position).kinds[position % SEGMENT] as number] as EventKind;
  }

  slotOf(position: number): Slot {
    return this.#segment(position).slots[position % SEGMENT] as Slot;
  }

  undoOf(position: number): Undo {
    return this.#segment(position).undos[position % SEGMENT];
  }

  /** Where the log stands at `time`: in a log that is in order at one position. */
  momentAt(time: number): Moment {
    if (this.#lastLate >= this.#first) return { time, lower: this.#lowerBound(time), upper: this.#upperBound(time) };
    let low = this.#first;
    let high = this.#next;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeOf(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return { time, lower: low, upper: low };
  }

  /** Position of the first event after `time`. */
  #lowerBound(time: number): number {
    let from = this.#first;
    for (const { max } of this.#segments) {
      const end = Math.min(endOfSegment(from), this.#next);
      if (max > time)
        for (let position = from; position < end; position++) if (this.timeOf(position) > time) return position;
      from = end;
    }
    return this.#next;
  }

  /** Position after the last event at or before `time`. */
  #upperBound(time: number): number {
    let end = this.#next;
    for (const { min } of this.#segments.toReversed()) {
      const from = Math.max(this.#first, endOfSegment(end - 1) - SEGMENT);
      if (min <= time)
        for (let position = end; position > from; position--) if (this.timeOf(position - 1) <= time) return position;
      end = from;
    }
    return this.#first;
  }

  /** Drops whole segments of events older than `time` or beyond `eventsMax`; tells of each event that goes, oldest first. */
  dropBefore(time: number, eventsMax: number, gone: (position: number) => void): void {
    while (this.#segments.length > 1) {
      const end = endOfSegment(this.#first);
      if ((this.#segments[0] as Segment).max >= time && this.#next - this.#first <= eventsMax) return;
      for (let position = this.#first; position < end; position++) gone(position);
      this.#segments.shift();
      this.#first = end;
    }
  }

  #segment(position: number): Segment {
    const index = Math.floor(position / SEGMENT) - Math.floor(this.#first / SEGMENT);
    return this.#segments[index] as Segment;
  }
}

function endOfSegment(position: number): number {
  return position - (position % SEGMENT) + SEGMENT;
}

function newSegment(): Segment {
  return {
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    times: new Float64Array(SEGMENT),
    recorded: new Float64Array(SEGMENT),
    kinds: new Uint8Array(SEGMENT),
    slots: [],
    undos: [],
  };
}
