/**
 * One id and its lives: the version that is alive, and the way back. An event of the log holds what it undid:
 * the keys that changed (a delta), or every so often the whole version (an anchor), so that a look into the past is
 * a binary search and at most ANCHOR_EVERY small steps.
 */
import type { Adjacency } from './adjacency.ts';
import type { Element, Metadata, Value } from './element.ts';
import type { ChangeLog, Moment } from './log.ts';
import { ownValue, put } from './value.ts';

/** Every so many versions of a life the log keeps the whole version. */
export const ANCHOR_EVERY = 16;

/** Old values of the keys that an update changed; `undefined` where the key was absent. */
export class Delta {
  readonly keys: readonly string[] | string;
  readonly values: readonly (Value | undefined)[] | Value | undefined;

  constructor(keys: readonly string[], before: Metadata) {
    // One key is by far the most frequent case; without the two arrays it takes half the memory.
    if (keys.length === 1) {
      this.keys = keys[0] as string;
      this.values = ownValue(before, this.keys);
    } else {
      this.keys = keys;
      this.values = keys.map((key) => ownValue(before, key));
    }
  }

  /** Adds to `undone` what is not in there yet: of several deltas the oldest says how it was before all of them. */
  collect(undone: Map<string, Value | undefined>): void {
    const { keys, values } = this;
    if (typeof keys === 'string') {
      if (!undone.has(keys)) undone.set(keys, values as Value | undefined);
      return;
    }
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      if (!undone.has(key)) undone.set(key, (values as readonly (Value | undefined)[])[i]);
    }
  }
}

/** What an event undid: nothing for 'added', the version that ended for 'removed', either for 'updated'. */
export type Undo = Delta | Element | undefined;

export class Slot {
  readonly id: string;
  /** The version that is so now; undefined when the id is not alive. */
  current: Element | undefined;
  /** Positions of its events in the log, ascending, as far as the log is kept; a bare number while there is but one. */
  #events: number[] | number | undefined;
  /** Positions of its 'removed' events: where lives ended. */
  ends: number[] | undefined;
  /** Start of the oldest version kept, when the event that began it is not kept any more. */
  floor: { readonly time: number; readonly recordedAt: number } | undefined;

  constructor(id: string) {
    this.id = id;
  }

  get eventCount(): number {
    return typeof this.#events === 'number' ? 1 : (this.#events?.length ?? 0);
  }

  wrote(position: number): void {
    if (this.#events === undefined) this.#events = position;
    else if (typeof this.#events === 'number') this.#events = [this.#events, position];
    else this.#events.push(position);
  }

  /** Forgets its oldest event, when that is the log's oldest. Some events of the log are in no slot's list. */
  forgetFirst(position: number, log: ChangeLog): void {
    if (this.#event(0) !== position) return;
    if (typeof this.#events === 'number') this.#events = undefined;
    else this.#events?.shift();
    this.floor = { time: log.timeOf(position), recordedAt: log.recordedAt(position) };
    if (this.ends?.[0] === position) this.ends.shift();
  }

  /** The version as of just before `position` was written; undefined when it was not alive then. */
  before(position: number, log: ChangeLog): Element | undefined {
    const index = this.#firstEventFrom(position);
    return index === this.eventCount ? this.current : this.#undone(index, log);
  }

  /** The version that is so at a moment of valid time. */
  at({ lower, upper, time }: Moment, log: ChangeLog): Element | undefined {
    let index = this.#firstEventFrom(lower);
    // Events between these two are older or younger than the moment, in any order; those of one slot are in order.
    if (lower !== upper) {
      let high = this.#firstEventFrom(upper);
      while (index < high) {
        const middle = (index + high) >>> 1;
        if (log.timeOf(this.#event(middle) as number) <= time) index = middle + 1;
        else high = middle;
      }
    }
    return index === this.eventCount ? this.current : this.#undone(index, log);
  }

  /** Time of its newest event, as far as it is kept. */
  lastTime(log: ChangeLog): number | undefined {
    const last = this.#event(this.eventCount - 1);
    return last === undefined ? undefined : log.timeOf(last);
  }

  /** The last version of each life that has ended, newest first. */
  *lastVersions(log: ChangeLog): Generator<Element> {
    for (const position of this.ends?.toReversed() ?? []) {
      const deletedAt = log.timeOf(position);
      yield { ...(log.undoOf(position) as Element), deletedAt, validTo: deletedAt };
    }
  }

  /** Takes back its last event, which ended a life, and gives the version of before. */
  unended(log: ChangeLog): Element {
    const position = this.ends?.pop() as number;
    if (typeof this.#events === 'number') {
      this.#events = undefined;
    } else this.#events?.pop();
    return log.undoOf(position) as Element;
  }

  /** All versions whose interval overlaps [from, to], oldest first. */
  *versions(from: number, to: number, log: ChangeLog): Generator<Element> {
    for (let index = 0; index < this.eventCount; index++) {
      const end = log.timeOf(this.#event(index) as number);
      if (end <= from) continue;
      const version = this.#undone(index, log);
      if (!version) continue;
      if (version.updatedAt > to) return;
      // A version that ended in the millisecond it began was never so.
      if (version.updatedAt < end) yield version;
    }
    const { current } = this;
    if (current && current.updatedAt <= to) yield current;
  }

  /** All versions kept that are no more, also those that ended in the millisecond they began. */
  *ended(log: ChangeLog): Generator<Element> {
    for (let index = 0; index < this.eventCount; index++) {
      const version = this.#undone(index, log);
      if (version) yield version;
    }
  }

  /** The version that the event at events[index] ended. */
  #undone(index: number, log: ChangeLog): Element | undefined {
    const position = this.#event(index) as number;
    const undo = log.undoOf(position);
    if (undo === undefined) return undefined;
    const validTo = log.timeOf(position);
    if (!(undo instanceof Delta)) return this.#placed(undo, undo.metadata, undo.revision, index, validTo, log);
    let ahead = index + 1;
    let next: Undo;
    while (ahead < this.eventCount) {
      next = log.undoOf(this.#event(ahead) as number);
      if (!(next instanceof Delta)) break;
      ahead++;
    }
    const anchor = (ahead < this.eventCount ? next : this.current) as Element;
    const undone = new Map<string, Value | undefined>();
    for (let i = index; i < ahead; i++) (log.undoOf(this.#event(i) as number) as Delta).collect(undone);
    const metadata = withValues(anchor.metadata, undone);
    return this.#placed(anchor, metadata, anchor.revision - (ahead - index), index, validTo, log);
  }

  #placed(
    like: Element,
    metadata: Metadata,
    revision: number,
    index: number,
    validTo: number,
    log: ChangeLog,
  ): Element {
    const start = this.#event(index - 1);
    return {
      ...like,
      metadata,
      revision,
      updatedAt: start === undefined ? (this.floor?.time ?? like.updatedAt) : log.timeOf(start),
      recordedAt: start === undefined ? (this.floor?.recordedAt ?? like.recordedAt) : log.recordedAt(start),
      validTo,
      deletedAt: this.#endOfLife(this.#event(index) as number, log),
    };
  }

  #event(index: number): number | undefined {
    if (typeof this.#events === 'number') return index === 0 ? this.#events : undefined;
    return this.#events?.[index];
  }

  #firstEventFrom(position: number): number {
    if (typeof this.#events === 'number') return this.#events < position ? 1 : 0;
    return this.#events ? lowerBound(this.#events, position) : 0;
  }

  #endOfLife(position: number, log: ChangeLog): number | undefined {
    const end = this.ends?.[lowerBound(this.ends, position)];
    return end === undefined ? undefined : log.timeOf(end);
  }
}

export class NodeSlot extends Slot {
  /** Edges that leave; undefined as long as there was none. */
  out: Adjacency | undefined;
  /** Edges that arrive. */
  in: Adjacency | undefined;
}

/** Index of the first number that is not below `least`. */
function lowerBound(sorted: readonly number[], least: number): number {
  // The newest is asked for most.
  if (sorted.length === 0 || (sorted[sorted.length - 1] as number) < least) return sorted.length;
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One copy, however many keys: this is what looking into the past costs. */
function withValues(metadata: Metadata, values: ReadonlyMap<string, Value | undefined>): Metadata {
  const copy: Record<string, Value> = { ...metadata };
  let isSmaller = false;
  for (const [key, value] of values) {
    if (value === undefined) isSmaller = true;
    else put(copy, key, value);
  }
  if (!isSmaller) return copy;
  return Object.fromEntries(Object.entries(copy).filter(([key]) => !values.has(key) || values.get(key) !== undefined));
}
