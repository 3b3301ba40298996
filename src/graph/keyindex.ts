/** Which slots hold a value under a key now, and which once did: the second is re-checked against the moment asked for. */
import type { Metadata, Value } from './element.ts';
import type { ChangeLog } from './log.ts';
import type { Slot } from './slot.ts';
import { type Scalar, scalarsAt } from './value.ts';

/** A key that is a name, not a path, and whose values say themselves what they are to be found by. */
export interface IndexedKey {
  readonly key: string;
  scalars(value: Value): readonly Scalar[];
}

type Holders = Slot | Set<Slot>;

export class KeyIndex {
  readonly key: string;
  readonly #path: readonly string[];
  readonly #now = new Map<Scalar, Holders>();
  readonly #once = new Map<Scalar, Set<Slot>>();

  readonly #scalars: IndexedKey['scalars'] | undefined;

  constructor(indexed: string | IndexedKey) {
    this.key = typeof indexed === 'string' ? indexed : indexed.key;
    this.#path = typeof indexed === 'string' ? indexed.split('.') : [indexed.key];
    this.#scalars = typeof indexed === 'string' ? undefined : indexed.scalars;
  }

  /** First part of the key: the metadata key whose change can change this index. */
  get root(): string {
    return this.#path[0] as string;
  }

  add(slot: Slot, metadata: Metadata): void {
    for (const value of this.valuesOf(metadata)) {
      const holders = this.#now.get(value);
      if (holders === undefined) this.#now.set(value, slot);
      else if (holders instanceof Set) holders.add(slot);
      // Most values are unique: a set is made for the second holder only.
      else if (holders !== slot) this.#now.set(value, new Set([holders, slot]));
    }
  }

  remove(slot: Slot, metadata: Metadata): void {
    for (const value of this.valuesOf(metadata)) {
      const holders = this.#now.get(value);
      if (holders === slot) this.#now.delete(value);
      else if (holders instanceof Set) holders.delete(slot);
    }
    this.#past(slot, metadata);
  }

  /** All that a slot holds and once held, when the index is made late. */
  take(slot: Slot, log: ChangeLog): void {
    for (const { metadata } of slot.ended(log)) this.#past(slot, metadata);
    if (slot.current) this.add(slot, slot.current.metadata);
  }

  /** Whether it is to be found by `value`. */
  holds(metadata: Metadata, value: Scalar): boolean {
    return this.valuesOf(metadata).includes(value);
  }

  #past(slot: Slot, metadata: Metadata): void {
    for (const value of this.valuesOf(metadata)) {
      let once = this.#once.get(value);
      if (!once) {
        once = new Set();
        this.#once.set(value, once);
      }
      once.add(slot);
    }
  }

  now(value: Scalar): Iterable<Slot> {
    const holders = this.#now.get(value);
    return holders === undefined ? [] : holders instanceof Set ? holders : [holders];
  }

  count(value: Scalar): number {
    const holders = this.#now.get(value);
    return holders === undefined ? 0 : holders instanceof Set ? holders.size : 1;
  }

  *ever(value: Scalar): Generator<Slot> {
    yield* this.now(value);
    const holders = this.#now.get(value);
    for (const slot of this.#once.get(value) ?? []) {
      if (slot === holders || (holders instanceof Set && holders.has(slot))) continue;
      yield slot;
    }
  }

  /** Drops what slots without a kept past once held. */
  forget(hasPast: (slot: Slot) => boolean): void {
    for (const [value, slots] of this.#once) {
      for (const slot of slots) if (!hasPast(slot)) slots.delete(slot);
      if (slots.size === 0) this.#once.delete(value);
    }
    for (const [value, holders] of this.#now) if (holders instanceof Set && holders.size === 0) this.#now.delete(value);
  }

  /** What an element is found by. */
  valuesOf(metadata: Metadata): readonly Scalar[] {
    const value = metadata[this.root];
    if (value === undefined) return NOTHING;
    if (this.#scalars) return Object.hasOwn(metadata, this.root) ? this.#scalars(value) : NOTHING;
    if (this.#path.length === 1 && (typeof value !== 'object' || value === null)) return [value];
    return scalarsAt(metadata, this.#path);
  }
}

const NOTHING: readonly Scalar[] = [];
