/**
 * The change log: one row per event, in the order of writing, in segments of typed arrays. From it come diffs,
 * subscriptions that resume, retention, and the way from a time to a position. Positions start at 0 and are never reused.
 */
import type { Slot, Undo } from './slot.ts';

/** 'returned' changes nothing: an element of an earlier run is there again, as it was. Slots do not list it. */
export type EventKind = 'added' | 'updated' | 'removed' | 'returned';

const SEGMENT = 4096;
const KINDS: readonly EventKind[] = ['added', 'updated', 'removed', 'returned'];

interface Segment {
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

  /** Position after the last event at or before `time`: the state at `time` is that of all events below it. */
  positionAfter(time: number): number {
    let low = this.#first;
    let high = this.#next;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeOf(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Drops whole segments of events older than `time` or beyond `eventsMax`; tells of each event that goes, oldest first. */
  dropBefore(time: number, eventsMax: number, gone: (position: number) => void): void {
    while (this.#segments.length > 1) {
      const end = this.#first - (this.#first % SEGMENT) + SEGMENT;
      if (this.timeOf(end - 1) >= time && this.#next - this.#first <= eventsMax) return;
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

function newSegment(): Segment {
  return {
    times: new Float64Array(SEGMENT),
    recorded: new Float64Array(SEGMENT),
    kinds: new Uint8Array(SEGMENT),
    slots: [],
    undos: [],
  };
}
