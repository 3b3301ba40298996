/** The ids of one kind: those alive in order of birth, and those that only have a past. */
import type { IndexedKey, KeyIndex } from './keyindex.ts';
import type { Slot } from './slot.ts';

export class Table<S extends Slot> {
  readonly alive = new Map<string, S>();
  readonly ended = new Map<string, S>();
  readonly indexes: KeyIndex[];
  readonly #make: (id: string) => S;

  constructor(make: (id: string) => S, indexes: KeyIndex[]) {
    this.#make = make;
    this.indexes = indexes;
  }

  get(id: string): S | undefined {
    return this.alive.get(id) ?? this.ended.get(id);
  }

  /** A slot for a life that begins; an id that had one before keeps its past. */
  begin(id: string): S {
    const slot = this.ended.get(id) ?? this.#make(id);
    this.ended.delete(id);
    this.alive.set(id, slot);
    return slot;
  }

  end(slot: S): void {
    this.alive.delete(slot.id);
    this.ended.set(slot.id, slot);
  }

  *all(): Generator<S> {
    yield* this.alive.values();
    yield* this.ended.values();
  }

  indexOf(key: string | IndexedKey): KeyIndex | undefined {
    const name = typeof key === 'string' ? key : key.key;
    return this.indexes.find((index) => index.key === name);
  }
}
